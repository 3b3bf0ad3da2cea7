import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { createErrorLines } from "./error-lines";
import { openLogFile } from "./log-file";
import type { Running, Service } from "./supervise";

export interface NodeProcess {
  name: string;
  url: string;
  /** Program and arguments for Node. */
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Answers 200 when it is up. */
  healthUrl: string;
  logFile: string;
  /** Told of each error it logs. */
  onError: (message: string) => void;
}

const START_LIMIT_MS = 60_000;
// Above the delay each process gives itself to close.
const STOP_LIMIT_MS = 12_000;
const POLL_MS = 100;
const PRELOAD = pathToFileURL(path.resolve("stack/exit-with-parent.mjs")).href;

/** One of the product's processes as a service: a Node process of its own, up when its health answers. */
export function nodeService(spec: NodeProcess): Service {
  return { name: spec.name, url: spec.url, start: (signal) => startProcess(spec, signal) };
}

async function startProcess(spec: NodeProcess, signal: AbortSignal): Promise<Running> {
  const log = openLogFile(spec.logFile);
  // detached: Ctrl-C in the terminal reaches only the stack, which then stops its processes in order
  const child = spawn(process.execPath, ["--enable-source-maps", "--import", PRELOAD, ...spec.args], {
    env: { ...spec.env, STACK_PID: String(process.pid) } as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let lastError = "";
  let isUp = false;
  const keepErrors = createErrorLines((message) => {
    lastError = message;
    // before it is up, the last error is the reason why not
    if (isUp) spec.onError(message);
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      log.write(chunk);
      keepErrors(chunk);
    });

  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, by) => {
      log.close();
      resolve(`${by ? `ended by ${by}` : `exit code ${code}`}${lastError ? `: ${lastError}` : ""}`);
    });
  });
  const running: Running = { exited, stop: () => stop(child, exited), kill: () => void signalGroup(child, "SIGKILL") };
  const up = await untilUp(spec.healthUrl, exited, signal);
  isUp = up === true;
  if (up === true) return running;
  await running.stop();
  throw new Error(up);
}

/** True when it answers, else why not. */
async function untilUp(url: string, exited: Promise<string>, signal: AbortSignal): Promise<true | string> {
  const start = Date.now();
  let ended: string | null = null;
  void exited.then((how) => (ended = how));
  while (Date.now() - start < START_LIMIT_MS) {
    if (ended !== null) return ended;
    if (signal.aborted) return "stopped";
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: "manual" }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return true;
    await wait(POLL_MS);
  }
  return `no answer from ${url} within ${START_LIMIT_MS / 1000} s`;
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await Promise.race([exited, wait(STOP_LIMIT_MS, null, { ref: false })]);
  signalGroup(child, "SIGKILL");
  await exited;
}

// Its own children too; a group that is gone already is what was wanted.
function signalGroup(child: ChildProcess, name: NodeJS.Signals): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, name);
  } catch {
    return false;
  }
}
