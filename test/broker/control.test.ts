import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import mqtt from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listenControl } from "@/embedded-broker/control";
import { createLog } from "@/lib/log/log";
import { freePort } from "../free-port";
import { startHookReceiver } from "./hook-receiver";
import { API_KEY, startTestCluster, testNode, type TestCluster } from "./test-cluster";
import { until } from "./until";

describe("a node that is killed", () => {
  let broker: TestCluster;
  let control: string;
  let closeControl: () => void;
  beforeEach(async () => {
    broker = await startTestCluster();
    const port = await freePort();
    const listener = await listenControl({ port, cluster: broker.cluster, log: createLog("control-test") });
    closeControl = listener.close;
    control = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    closeControl();
    await broker.close();
  });
  const post = (action: string): Promise<Response> => fetch(`${control}/nodes/n1/${action}`, { method: "POST" });
  const shown = async (): Promise<unknown[]> => {
    const body = (await (await broker.get("n2", "/api/v1/session/show")).json()) as { table: { client_id: string }[] };
    return body.table.map(({ client_id }) => client_id).toSorted();
  };

  test("cuts its clients and listeners without a hook or a will; others say it is down and do not show its sessions", async () => {
    const will = { topic: "w", payload: Buffer.from("x"), qos: 1 as const, retain: false };
    const clean = await broker.connect("n1", { clientId: "clean", username: "t", will });
    const persistent = await broker.connect("n1", { clientId: "persistent", clean: false, username: "t", will });
    await broker.connect("n2", { clientId: "elsewhere", username: "t" });
    const told = broker.hooks.calls.length;
    expect(await (await post("kill")).json()).toMatchObject({
      nodes: [{ name: "n1", state: "down" }, { state: "up" }],
    });
    await until("both are cut", () => !clean.connected && !persistent.connected);
    await expect(broker.get("n1", "/metrics")).rejects.toThrow();
    await expect(broker.connect("n1", { clientId: "late", username: "t" })).rejects.toThrow();
    expect(await shown()).toEqual(["elsewhere"]);
    const clusterShow = await (await broker.get("n2", "/api/v1/cluster/show")).json();
    expect((clusterShow as { table: unknown[] }).table).toContainEqual({ Node: "n1@127.0.0.1", Running: false });
    expect((clusterShow as { table: unknown[] }).table).toContainEqual({ Node: "n2@127.0.0.1", Running: true });
    expect((await broker.get("n2", "/health")).status).toBe(200);
    expect((await broker.get("n2", "/health/listeners_full_cluster")).status).toBe(503);
    expect(await (await broker.get("n2", "/api/v2/client?client_id=persistent")).json()).toEqual({ status: "unknown" });

    await post("start");
    expect(await shown()).toEqual(["elsewhere", "persistent"]);
    const metrics = await (await broker.get("n1", "/metrics")).text();
    expect(metrics).toContain('vernemq_mqtt_connect_received{node="n1@127.0.0.1",mqtt_version="4"} 0');
    expect(broker.hooks.calls.length).toBe(told);
    await broker.connect("n1", { clientId: "clean", username: "t" });
  });

  test("its persistent client comes back on another node with its subscriptions, at the second try", async () => {
    const first = await broker.connect("n1", { clientId: "moves", clean: false, username: "t" });
    await first.subscribeAsync("m/#", { qos: 1 });
    await post("kill");
    await until("cut", () => !first.connected);
    await expect(broker.connect("n2", { clientId: "moves", clean: false, username: "t" })).rejects.toThrow("closed");
    const second = await broker.connect("n2", { clientId: "moves", clean: false, username: "t" });
    const received: string[] = [];
    second.on("message", (topicName) => received.push(topicName));
    await second.publishAsync("m/1", "x", { qos: 1 });
    await until("its message", () => received.length > 0);
  });

  test("the control port answers state, health and readiness, and 404 for what it does not know", async () => {
    expect((await fetch(`${control}/healthz`)).status).toBe(200);
    expect((await fetch(`${control}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${control}/metrics`)).text()).toContain("process_cpu_seconds_total");
    expect((await fetch(`${control}/nodes/n9/kill`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${control}/nodes/n1/explode`, { method: "POST" })).status).toBe(404);
    broker.cluster.kill("n1");
    broker.cluster.kill("n2");
    expect((await fetch(`${control}/readyz`)).status).toBe(503);
  });
});

test("the process starts from its environment, logs no token or secret, and ends on SIGTERM without a hook", async () => {
  const hooks = await startHookReceiver();
  const node = await testNode("n1", "subscriber", hooks);
  const controlPort = await freePort();
  const root = path.join(import.meta.dirname, "../..");
  const broker = spawn(process.execPath, ["--import", "tsx", "embedded-broker/main.ts"], {
    cwd: root,
    env: {
      ...process.env,
      LOG_LEVEL: "trace",
      EMBEDDED_BROKER_NODES: JSON.stringify([node]),
      EMBEDDED_BROKER_API_KEYS: JSON.stringify([API_KEY]),
      EMBEDDED_BROKER_CONTROL_PORT: String(controlPort),
    },
  });
  const output = Promise.all([text(broker.stdout), text(broker.stderr)]);
  const ended = new Promise<number | null>((resolve) => {
    broker.once("exit", resolve);
  });
  await until(
    "readyz",
    () =>
      fetch(`http://127.0.0.1:${controlPort}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    15_000,
  );
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${node.mqttPort}`, {
    protocolVersion: 4,
    clientId: "c",
    username: "the-token",
    password: "the-password",
    reconnectPeriod: 0,
  });
  hooks.answer(() => ({ status: 500, body: "" }));
  client.publish("t", "x", { qos: 1 });
  await until("disconnected", () => !client.connected);
  await until("gone", () => hooks.calls.at(-1)?.hook === "on_client_gone");
  const told = hooks.calls.length;
  broker.kill("SIGTERM");
  expect(await ended).toBe(0);
  const printed = (await output).join("");
  expect(printed).toContain("the embedded broker is listening");
  for (const secret of ["the-token", "the-password", "a-secret-of-the-node", API_KEY])
    expect(printed).not.toContain(secret);
  expect(hooks.calls.length).toBe(told);
  await hooks.close();
});
