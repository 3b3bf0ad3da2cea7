import { fork, type ChildProcess } from "node:child_process";
import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stackEnvironment } from "./stack";

const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 60_000;

/** Playwright's global setup: the real stack, started as a person would, on ports and in a folder of its own. */
export default async function setup(): Promise<(() => Promise<void>) | void> {
  if (process.env.E2E_DATA_FOLDER) return;
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-e2e-"));
  // as root the database server runs as another user, who must be able to pass
  await chmod(folder, 0o711);
  const dataFolder = path.join(folder, "data");
  const stack = fork("stack/bootstrap.mjs", ["start"], {
    env: { ...process.env, ...stackEnvironment(dataFolder) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: [],
  });
  try {
    await untilReady(stack);
  } catch (error) {
    await stop(stack);
    await keepLogs(dataFolder);
    throw error;
  }
  process.env.E2E_DATA_FOLDER = dataFolder;
  return async () => {
    await stop(stack);
    await keepLogs(dataFolder);
    await rm(folder, { recursive: true, force: true });
  };
}

async function untilReady(stack: ChildProcess): Promise<void> {
  let output = "";
  for (const stream of [stack.stdout, stack.stderr]) stream?.on("data", (chunk: Buffer) => (output += String(chunk)));
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The stack ${why}:\n${output}`));
    const limit = setTimeout(() => fail(`was not ready within ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    stack.once("exit", (code) => {
      clearTimeout(limit);
      fail(`ended with exit code ${code}`);
    });
    stack.once("message", () => {
      clearTimeout(limit);
      resolve();
    });
  });
  // a process that did not start is tried again for ever; a run on half a stack would only tell that
  const failed = output.split("\n").filter((line) => line.includes("did not start"));
  if (failed.length > 0) throw new Error(`The stack is not whole:\n${output}`);
}

async function stop(stack: ChildProcess): Promise<void> {
  if (stack.exitCode !== null || stack.signalCode !== null) return;
  const gone = new Promise((resolve) => stack.once("exit", resolve));
  stack.kill("SIGTERM");
  const limit = setTimeout(() => stack.kill("SIGINT"), STOP_LIMIT_MS);
  await gone;
  clearTimeout(limit);
}

async function keepLogs(dataFolder: string): Promise<void> {
  const kept = "test-results/stack-logs";
  await rm(kept, { recursive: true, force: true });
  await cp(path.join(dataFolder, "logs"), kept, { recursive: true }).catch(() => undefined);
}
