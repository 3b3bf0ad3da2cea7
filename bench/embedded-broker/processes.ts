import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "@/stack/free-port";

export interface BenchedBroker {
  /** Of nodes for devices. */
  ports: readonly number[];
  /** Resident memory of its process. */
  memoryBytes: () => Promise<number>;
  stop: () => void;
}

const start = (program: string, env: Record<string, string> = {}) =>
  spawn(process.execPath, ["--expose-gc", "--import", "tsx", program], {
    env: { ...process.env, LOG_LEVEL: "silent", NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });

/** Aedes without anything. */
export async function startBareAedes(): Promise<BenchedBroker> {
  const child = start("bench/embedded-broker/bare-aedes.ts");
  const [line] = (await createInterface(child.stdout)[Symbol.asyncIterator]().next()).value?.split("\n") ?? [];
  return { ports: [Number(line)], memoryBytes: async () => 0, stop: () => void child.kill("SIGKILL") };
}

/** The embedded broker as `npm start` runs it: three nodes in one process, every hook of a CONNECT registered. */
export async function startEmbeddedBroker(hooksPort: number): Promise<BenchedBroker & { publisherPort: number }> {
  const nodes = await Promise.all(
    ["sub-1", "sub-2", "pub-1"].map(async (name) => ({
      name,
      role: name === "pub-1" ? "publisher" : "subscriber",
      mqttPort: await freePort(),
      wsPort: await freePort(),
      httpPort: await freePort(),
      hookUrl: `http://127.0.0.1:${hooksPort}/hooks/${name}/secret`,
    })),
  );
  const controlPort = await freePort();
  const child = start("embedded-broker/main.ts", {
    EMBEDDED_BROKER_NODES: JSON.stringify(nodes),
    EMBEDDED_BROKER_API_KEYS: JSON.stringify(["bench-key-of-sixteen"]),
    EMBEDDED_BROKER_CONTROL_PORT: String(controlPort),
  });
  const url = `http://127.0.0.1:${controlPort}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) await wait(50);
  return {
    ports: nodes.filter(({ role }) => role === "subscriber").map(({ mqttPort }) => mqttPort),
    publisherPort: nodes.find(({ role }) => role === "publisher")?.mqttPort ?? 0,
    memoryBytes: async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\d+)/m.exec(metrics)?.[1]);
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

/** Answers every hook at once, with these headers. */
export async function startReceiver(
  headers: Readonly<Record<string, string>> = {},
): Promise<{ port: number; calls: () => number; close: () => void }> {
  let calls = 0;
  const body = '{"result":"ok"}';
  const server: Server = createServer((request, response) => {
    calls += 1;
    request.resume();
    response
      .writeHead(200, { "content-type": "application/json", "content-length": body.length, ...headers })
      .end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    calls: () => calls,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
