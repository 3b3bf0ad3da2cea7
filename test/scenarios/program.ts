import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { until } from "../broker/until";

/** One of the product's processes, as its bundle runs it, with what may happen to a process. */
export interface Program {
  readonly name: string;
  /** Starts it, with these variables over its own, and waits until it answers. */
  start: (variables?: Readonly<Record<string, string>>) => Promise<void>;
  /** SIGTERM: it closes in order. */
  stop: () => Promise<void>;
  /** SIGKILL: what it held in memory is gone. */
  kill: () => Promise<void>;
  /** SIGSTOP: it keeps its sockets and answers nothing. */
  freeze: () => void;
  thaw: () => void;
  readonly isRunning: boolean;
}

const START_LIMIT_MS = 30_000;
const asUrl = (file: string): string => pathToFileURL(path.resolve(file)).href;

/** A process that is not started yet. `bundle`: its name in dist/. */
export function createProgram(options: {
  name: string;
  bundle: string;
  env: Readonly<Record<string, string>>;
  healthUrl: string;
  logFolder: string;
}): Program {
  const { name, bundle, env, healthUrl, logFolder } = options;
  let child: ChildProcess | null = null;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, "exit");
    ending.kill("SIGCONT");
    ending.kill(signal);
    await exited;
  };

  return {
    name,
    start: async (variables = {}) => {
      const started = spawn(
        process.execPath,
        [
          "--enable-source-maps",
          // it ends by itself when this process does
          `--import=${asUrl("stack/exit-with-parent.mjs")}`,
          `--import=${asUrl("test/scenarios/shift-clock.mjs")}`,
          `dist/${bundle}.js`,
        ],
        {
          env: { PATH: process.env.PATH, ...env, ...variables, LOG_LEVEL: "info", STACK_PID: String(process.pid) },
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        },
      );
      child = started;
      const log = createWriteStream(path.join(logFolder, `${name}.log`), { flags: "a" });
      started.stdout?.pipe(log, { end: false });
      started.stderr?.pipe(log, { end: false });
      started.once("close", () => log.end());
      const answers = async (): Promise<boolean> => {
        if (started.exitCode !== null) throw new Error(`${name} ended while starting; see ${logFolder}/${name}.log`);
        const response = await fetch(healthUrl, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
        await response?.body?.cancel();
        return response?.status === 200;
      };
      await until(`${name} answers at ${healthUrl}`, answers, START_LIMIT_MS);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    get isRunning() {
      return child !== null && child.exitCode === null && child.signalCode === null;
    },
  };
}
