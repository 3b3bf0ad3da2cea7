import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ensureCertificate } from "@/stack/haproxy/certificate";
import { haproxyConfig } from "@/stack/haproxy/haproxy-config";
import { ensureHaproxy } from "@/stack/haproxy/haproxy-program";
import { haproxyService } from "@/stack/haproxy/haproxy-service";
import type { Running } from "@/stack/supervise";
import { freePort } from "../free-port";
import { startTestCluster, type NodeName, type TestCluster } from "./test-cluster";
import { until } from "./until";

const haproxy = await ensureHaproxy().catch((error: Error) => error);
if (haproxy instanceof Error) process.stderr.write(`SKIPPED: tests behind HAProxy. ${haproxy.message}\n`);

const LIMIT_MS = 20_000;

describe.skipIf(haproxy instanceof Error)("behind HAProxy", () => {
  let broker: TestCluster;
  let balancer: Running;
  let folder: string;
  let ports: { mqtt: number; mqtts: number; ws: number };
  let ca: string;
  const clients: MqttClient[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "liveconnect-haproxy-"));
    broker = await startTestCluster({ nodes: 3, timeScale: 36, config: { proxyProtocol: true } });
    ports = { mqtt: await freePort(), mqtts: await freePort(), ws: await freePort() };
    const files = await ensureCertificate(folder);
    ca = readFileSync(files.cert, "utf8");
    const nodes = (["n1", "n2"] as const).map((name) => {
      const { mqttPort, wsPort, httpPort } = broker.node(name);
      return { name, mqttPort, wsPort, adminPort: httpPort };
    });
    const configFile = path.join(folder, "haproxy.cfg");
    const socketFile = path.join(folder, "haproxy.sock");
    writeFileSync(configFile, haproxyConfig({ nodes, ports, pemFile: files.pem, socketFile }));
    const program = String(haproxy);
    const service = haproxyService({
      program,
      configFile,
      port: ports.mqtt,
      logFile: path.join(folder, "haproxy.log"),
    });
    balancer = await service.start(new AbortController().signal);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await balancer.stop();
    await broker.close();
    rmSync(folder, { recursive: true });
  });

  /** A device: it connects where the balancer sends it, again and again. */
  async function device(clientId: string, url = `mqtt://127.0.0.1:${ports.mqtt}`): Promise<MqttClient> {
    const client = mqtt.connect(url, {
      protocolVersion: 4,
      clientId,
      username: "t",
      keepalive: 0,
      reconnectPeriod: 50,
      // mqtt.js stays away for ever after CONNACK 3 without it.
      reconnectOnConnackError: true,
      connectTimeout: LIMIT_MS,
      ...(url.startsWith("mqtts") ? { ca, servername: "localhost" } : {}),
    });
    client.on("error", () => {});
    clients.push(client);
    await until(`${clientId} is connected`, () => client.connected, LIMIT_MS);
    return client;
  }
  const ask = async (command: string): Promise<string> => {
    const socket = connect(path.join(folder, "haproxy.sock"));
    socket.end(`${command}\n`);
    return text(socket);
  };
  const onNode = async (node: NodeName, asked: NodeName): Promise<string[]> => {
    const path = `/api/v1/session/show?--node=${node}@127.0.0.1&--is_online=true&--client_id`;
    const { table } = (await (await broker.get(asked, path)).json()) as { table: { client_id: string }[] };
    return table.map(({ client_id }) => client_id).toSorted();
  };

  test("devices come by TCP, TLS and WebSocket, spread over the nodes, which know their own addresses", async () => {
    const plain = await device("plain");
    await device("tls", `mqtts://localhost:${ports.mqtts}`);
    await device("ws", `ws://127.0.0.1:${ports.ws}/mqtt`);
    await device("fourth");
    expect((await onNode("n1", "n3")).length).toBe(2);
    expect((await onNode("n2", "n3")).length).toBe(2);
    const [auth] = broker.hooks.callsOf("plain");
    expect(auth?.body).toMatchObject({ peer_addr: "127.0.0.1", peer_port: (plain.stream as Socket).localPort });
  });

  test("a node is drained, and one is lost, without a client stuck", async () => {
    const names = ["a", "b", "c", "d"];
    await Promise.all(names.map((name) => device(name)));
    const before = await onNode("n1", "n3");
    expect(before.length).toBe(2);

    // Drained: nobody new comes, who is there stays until asked to go.
    await ask("set server subscribers/n1 state drain");
    await device("late");
    expect(await onNode("n1", "n3")).toEqual(before);
    for (const clientId of before) await broker.get("n3", `/api/v1/session/disconnect?client-id=${clientId}`);
    await until("all are on the other node", async () => (await onNode("n2", "n3")).length === 5, LIMIT_MS);
    await until("and connected", () => clients.every(({ connected }) => connected));
    await broker.control("POST /nodes/n1/kill");
    expect(clients.every(({ connected }) => connected)).toBe(true);
    await broker.control("POST /nodes/n1/start");
    await ask("set server subscribers/n1 state ready");
    const isUp = async () => /,n1,.*,UP,/.test(await ask("show stat"));
    await until("the balancer sees it again", isUp, LIMIT_MS);

    // Lost: frozen, so that its sockets stay open and nothing comes; the balancer cuts them.
    await broker.control("POST /nodes/n2/freeze");
    await until("all are on the first node", async () => (await onNode("n1", "n1")).length === 5, LIMIT_MS);
    await until("and connected", () => clients.every(({ connected }) => connected));
  }, 40_000);
});
