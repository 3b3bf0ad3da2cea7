import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import mqtt, { type IPublishPacket } from "mqtt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createLog } from "@/lib/log/log";
import type { OutboxMessage } from "@/lib/publish/outbox-rows";
import { freePort } from "@/test/free-port";
import { connectNodes, type NodeConnections } from "./node-connections";

// Debian's package; where it is not installed there is no broker that speaks MQTT 5 to test against.
const isInstalled = spawnSync("mosquitto", ["-h"]).error === undefined;

describe.skipIf(!isInstalled)("a broker that speaks MQTT 5", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "liveconnect-mosquitto-"));
  let broker: ChildProcess;
  let sender: NodeConnections;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    const config = path.join(folder, "mosquitto.conf");
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 5\n`);
    broker = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
    url = `mqtt://127.0.0.1:${port}`;
    sender = connectNodes({
      nodes: [{ name: "mosquitto", mqttUrl: url }],
      session: { instance: "test", username: "u", password: "p" },
      log: createLog("test", "silent"),
      nowMs: () => performance.now(),
      onChange: () => undefined,
    });
    await vi.waitFor(() => expect(sender.isReady()).toBe(true), 10_000);
  });
  afterAll(async () => {
    await sender.close();
    broker.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const message = (given: Partial<OutboxMessage> = {}): OutboxMessage => ({
    messageId: randomUUID(),
    seq: 1,
    lane: 0,
    topicName: "orders/1",
    qos: 1,
    retain: false,
    payload: Buffer.from("x"),
    contentType: null,
    userProperties: null,
    expiresAtMs: null,
    dup: false,
    ...given,
  });

  // mosquitto says so in PUBACK only; at QoS 2 it tells nothing
  test("says that nobody subscribes, and when somebody does", async () => {
    const topicName = "asked/1";
    expect((await sender.send(message({ topicName }))).packets.reasonCode).toBe(0x10);
    const subscriber = await mqtt.connectAsync(url, { protocolVersion: 5 });
    await subscriber.subscribeAsync(topicName, { qos: 1 });
    expect((await sender.send(message({ topicName }))).packets.reasonCode).toBe(0);
    expect((await sender.send(message({ topicName, qos: 2 }))).packets).toMatchObject({
      reasonCode: 0,
      receivedAtMs: expect.any(Number),
    });
    await subscriber.endAsync();
  });

  test("is given what goes beside the payload, and the id by which a repeat is known", async () => {
    const subscriber = await mqtt.connectAsync(url, { protocolVersion: 5 });
    await subscriber.subscribeAsync("beside/#", { qos: 1 });
    const arrived = new Promise<IPublishPacket>((resolve) =>
      subscriber.on("message", (_name, _payload, packet) => resolve(packet)),
    );
    const sent = message({ topicName: "beside/1", contentType: "text/plain", userProperties: { courier: "Sari" } });
    await sender.send({ ...sent, expiresAtMs: Date.now() + 60_000 });
    expect((await arrived).properties).toMatchObject({
      contentType: "text/plain",
      userProperties: { courier: "Sari", "lc-message-id": sent.messageId },
    });
    await subscriber.endAsync();
  });

  test("takes no more at once than it said, and gets all of them in order", async () => {
    const subscriber = await mqtt.connectAsync(url, { protocolVersion: 5 });
    const arrived: string[] = [];
    subscriber.on("message", (_name, payload) => arrived.push(String(payload)));
    await subscriber.subscribeAsync("many", { qos: 1 });
    const payloads = Array.from({ length: 200 }, (_, n) => String(n));
    await Promise.all(
      payloads.map((payload) => sender.send(message({ topicName: "many", payload: Buffer.from(payload) }))),
    );
    await expect.poll(() => arrived, { timeout: 5_000 }).toEqual(payloads);
    expect(sender.problems()[0]?.problem).toBeNull();
    await subscriber.endAsync();
  });
});
