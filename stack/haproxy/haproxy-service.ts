import { spawn, type ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { openLogFile } from "../log-file";
import type { Running, Service } from "../supervise";

export interface HaproxySpec {
  program: string;
  configFile: string;
  /** Its port for devices; it is up when that takes connections. */
  port: number;
  logFile: string;
}

const START_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 3_000;
const POLL_MS = 50;

/** HAProxy as a service, in the foreground under us. */
export function haproxyService(spec: HaproxySpec): Service {
  return { name: "haproxy", url: `mqtt://127.0.0.1:${spec.port}`, start: (signal) => startHaproxy(spec, signal) };
}

async function startHaproxy(
  { program, configFile, port, logFile }: HaproxySpec,
  signal: AbortSignal,
): Promise<Running> {
  const log = openLogFile(logFile);
  const child = spawn(program, ["-db", "-f", configFile], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let lastWords = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      log.write(chunk);
      lastWords = chunk.toString("utf8").trim().split("\n").at(-1) ?? "";
    });
  const over = new AbortController();
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, by) => {
      log.close();
      resolve(`${by ? `ended by ${by}` : `exit code ${code}`}${lastWords ? `: ${lastWords}` : ""}`);
    });
  }).finally(() => over.abort());
  const running: Running = { exited, stop: () => stop(child, exited), kill: () => void child.kill("SIGKILL") };
  const given = AbortSignal.any([over.signal, signal, AbortSignal.timeout(START_LIMIT_MS)]);
  while (!given.aborted) {
    if (await takesConnections(port)) return running;
    await wait(POLL_MS);
  }
  await running.stop();
  throw new Error(signal.aborted ? "stopped" : `HAProxy did not come up: ${await exited}`);
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

const takesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
