import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import * as esbuild from "esbuild";

export interface ServedProcess {
  /** What it says when it is asked; each says one thing. */
  ask: <A>() => Promise<A>;
  /** Processor seconds used since its start, all threads. */
  cpuSeconds: () => Promise<number>;
  stop: () => Promise<void>;
}

/**
 * Starts a file of bench/ in a process of its own, bundled as in production (scripts/build.mjs). It says "ready", answers when it is
 * asked (most with `process.cpuUsage()`), and ends when it is left alone. `LC_BENCH_PROFILE` names a folder for V8's profiles of it.
 */
export async function serveProcess(options: {
  /** Below bench/. */
  entry: string;
  args?: readonly string[];
  nodeArguments?: readonly string[];
  env: Readonly<Record<string, string>>;
}): Promise<ServedProcess> {
  const outfile = path.resolve(".data/bench", options.entry.replace(/\.ts$/, ".mjs"));
  await esbuild.build({
    entryPoints: [path.join(import.meta.dirname, options.entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  const profile = process.env.LC_BENCH_PROFILE;
  const child = fork(outfile, options.args ?? [], {
    execArgv: [...(options.nodeArguments ?? []), ...(profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [])],
    env: { ...process.env, LOG_LEVEL: "error", NODE_ENV: "production", ...options.env },
  });
  await once(child, "message");
  const ask = async <A>(): Promise<A> => {
    child.send("?");
    const [answer] = (await once(child, "message")) as [A];
    return answer;
  };
  return {
    ask,
    cpuSeconds: async () => {
      const used = await ask<NodeJS.CpuUsage>();
      return (used.user + used.system) / 1e6;
    },
    stop: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
