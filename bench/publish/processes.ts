import { fork } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import path from "node:path";
import * as esbuild from "esbuild";
import { freePort } from "@/stack/free-port";
import { startEmbeddedBroker, startReceiver } from "../embedded-broker/processes";

export interface Serving {
  port: number;
  /** Processor seconds used since its start, all threads. */
  cpuSeconds: () => Promise<number>;
  stop: () => Promise<void>;
}

/** Bundles a file as in production (scripts/build.mjs) and gives where it lies. */
async function bundle(entry: string): Promise<string> {
  const outfile = path.resolve(".data/bench", `${path.basename(entry, ".ts")}.mjs`);
  await esbuild.build({
    entryPoints: [path.join(import.meta.dirname, entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}

/** Starts a publisher against a database and a broker node. `LC_BENCH_PROFILE` names a folder for a V8 processor profile. */
export async function servePublisher(options: { databaseUrl: string; mqttPort: number }): Promise<Serving> {
  const port = await freePort();
  const profile = process.env.LC_BENCH_PROFILE;
  const child = fork(await bundle("served.ts"), [], {
    execArgv: profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [],
    env: {
      ...process.env,
      LOG_LEVEL: "error",
      NODE_ENV: "production",
      DATABASE_URL: options.databaseUrl,
      SEALING_KEY: randomBytes(32).toString("base64"),
      PUBLISHER_PORT: String(port),
      PUBLISHER_USERNAME: "publisher",
      PUBLISHER_PASSWORD: randomBytes(16).toString("hex"),
      PUBLISHER_INSTANCE: "bench",
      // The rate of a key is not what is measured.
      PUBLISHER_RATE_PER_SECOND: "1000000",
      BROKER_NODES: JSON.stringify([
        {
          name: "pub-1",
          role: "publisher",
          adminUrl: "http://127.0.0.1:1",
          mqttUrl: `mqtt://127.0.0.1:${options.mqttPort}`,
        },
      ]),
    },
  });
  await once(child, "message");
  return {
    port,
    cpuSeconds: async () => {
      child.send("cpu");
      const [used] = (await once(child, "message")) as [NodeJS.CpuUsage];
      return (used.user + used.system) / 1e6;
    },
    stop: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** The broker that `npm start` runs; its hooks are answered as our gateway answers a service: allowed, for an hour. */
export async function serveBroker(): Promise<{ port: number; stop: () => void }> {
  const receiver = await startReceiver({ "cache-control": "max-age=3600" });
  const broker = await startEmbeddedBroker(receiver.port);
  return {
    port: broker.publisherPort,
    stop: () => {
      broker.stop();
      receiver.close();
    },
  };
}
