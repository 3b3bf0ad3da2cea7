import type { MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../until";
import { notesOf, Replay, sameCallsInAnyOrder } from "./replay";

let replay: Replay;
afterEach(() => replay.broker.close());

const persistent = { clean: false };
const will = (topic: string, qos: 0 | 1, payload: string) => ({
  topic,
  payload: Buffer.from(payload),
  qos,
  retain: false,
});
const get = async (path: string, node: "n1" | "n2" | "n3" = "n1"): Promise<unknown> =>
  (await replay.broker.get(node, path)).json();
const show = (clientId: string): Promise<unknown> =>
  get(`/api/v1/session/show?--client_id=${clientId}&--is_online&--node`);
const calls = (clientId: string) => replay.broker.hooks.callsOf(clientId);
const granted = (client: MqttClient, filters: Record<string, { qos: 0 | 1 | 2 }>): Promise<number[] | "closed"> =>
  new Promise((resolve) => {
    client.once("close", () => resolve("closed"));
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "suback") resolve(packet.granted as number[]);
    });
    client.subscribe(filters);
  });

describe("subscribe and publish", () => {
  test("authresp-subpub-v4: every form of answer has the effect it had", async () => {
    replay = await Replay.begin("authresp-subpub-v4", { timeScale: 50 });
    replay.answerAsRecorded();
    for (const note of notesOf("authresp-subpub-v4")) {
      const [, kind = "", form = "", effect = ""] = /^(SUB|PUB q1) (\S+) => (\[.*?\]|\{.*?\})/.exec(note) ?? [];
      const clientId = `${kind === "SUB" ? "as" : "ap"}-${form}-v4`;
      const client = await replay.connect("n1", clientId);
      if (kind === "SUB") {
        const got = await granted(client, { "q/1": { qos: 1 }, "q/2": { qos: 0 } });
        expect([note, got]).toEqual([note, effect === '{"closed":true}' ? "closed" : JSON.parse(effect)]);
      } else {
        const closed = new Promise((resolve) => {
          client.once("close", () => resolve({ closed: true }));
        });
        const acknowledged = client.publishAsync("q/1", "x", { qos: 1 }).then(() => ({ cmd: "puback" }));
        expect([note, await Promise.race([closed, acknowledged.catch(() => closed)])]).toEqual([
          note,
          JSON.parse(effect),
        ]);
      }
      if (form !== "ok") {
        if (client.connected) client.end();
        await replay.expectRecorded([clientId]);
      }
    }
  });

  test("reauthorize: asked topic by topic, and what is denied ends while the connection stays", async () => {
    replay = await Replay.begin("reauthorize");
    replay.answerAsRecorded();
    const client = await replay.connect("n1", "rea", { username: "reauser" });
    await client.subscribeAsync({ "rea/1": { qos: 1 }, "rea/2": { qos: 1 } });
    const path = "/api/v1/session/reauthorize?username=reauser&client-id=rea";
    expect(await get(path)).toEqual({ text: "Unchanged", type: "text" });
    expect(await get(path)).toEqual({ text: "Done", type: "text" });
    expect(await get("/api/v1/session/show?--client_id=rea&--topic")).toEqual({ table: [], type: "table" });
    expect(client.connected).toBe(true);
    await client.endAsync();
    await replay.expectRecorded(["rea"]);
  });

  test("offline-queue-v4: on_offline_message for every QoS, a queue that is resumed here and on another node", async () => {
    replay = await Replay.begin("offline-queue-v4");
    for (const clientId of ["kp4", "dp4", "ka4"]) {
      const client = await replay.connect("n1", clientId, persistent);
      await client.subscribeAsync("t/1", { qos: 1 });
      await client.endAsync();
      await until("offline", () => calls(clientId).at(-1)?.hook === "on_client_offline");
    }
    // The recording begins here.
    replay.broker.hooks.calls.length = 0;
    const publisher = await replay.connect("n2", "pubr4");
    const offline = (count: number) =>
      until(
        "told",
        () => replay.broker.hooks.calls.filter(({ hook }) => hook === "on_offline_message").length === count,
      );
    for (const qos of [0, 1, 2] as const) {
      await publisher.publishAsync("t/1", `off${qos}`, { qos });
      await offline(3 * (qos + 1));
    }
    const receive = async (node: "n1" | "n3", count: number): Promise<string[]> => {
      const received: string[] = [];
      const client = replay.broker.connectLater(node, { clientId: "kp4", username: "token-kp4", ...persistent });
      client.on("message", (topicName, payload, { qos }) =>
        received.push(`${topicName}:${payload.toString()}:q${qos}`),
      );
      await until("the queue", () => received.length === count);
      await client.endAsync();
      return received;
    };
    expect(await receive("n1", 2)).toEqual(["t/1:off1:q1", "t/1:off2:q2"]);
    await until("offline again", () => calls("kp4").at(-1)?.hook === "on_client_offline");
    await publisher.publishAsync("t/1", "off3", { qos: 1 });
    await offline(12);
    expect(await receive("n3", 1)).toEqual(["t/1:off3:q1"]);
    await publisher.endAsync();
    await replay.expectRecorded(["kp4", "dp4", "ka4", "pubr4"]);
  });

  test("offline-overflow: 1 000 are kept, the oldest, and 100 are counted as dropped", async () => {
    replay = await Replay.begin("offline-overflow");
    const client = await replay.connect("n1", "ovf", persistent);
    await client.subscribeAsync("ovf/t", { qos: 1 });
    await client.endAsync();
    await until("offline", () => calls("ovf").at(-1)?.hook === "on_client_offline");
    await replay.expectRecorded(["ovf"]);
    await replay.broker.control("POST /flood", { node: "n1", topicName: "ovf/t", messages: 1_100 });
    expect(await get("/api/v1/session/show?--client_id=ovf&--offline_messages")).toMatchObject({
      table: [{ offline_messages: 1_000 }],
    });
  });
});

describe("admin commands", () => {
  test("mgmt-disconnect and mgmt-cleanup-local: what is told, and what is left", async () => {
    replay = await Replay.begin("mgmt-disconnect");
    const done = { text: "Done", type: "text" };
    for (const [clientId, flag, left] of [
      ["md40", "", [{ is_online: false, node: "n2@127.0.0.1" }]],
      ["md410", "&--cleanup", []],
      ["md415", "&--cleanup=true", []],
    ] as const) {
      const client = await replay.connect("n2", clientId, { ...persistent, will: will("will/md", 0, "x") });
      await client.subscribeAsync("md/1", { qos: 1 });
      expect(await get(`/api/v1/session/disconnect?client-id=${clientId}${flag}`)).toEqual(done);
      await until("closed", () => !client.connected);
      await replay.expectRecorded([clientId], sameCallsInAnyOrder);
      expect(await show(clientId)).toEqual({ table: left, type: "table" });
    }
    const local = await replay.connect("n1", "mdlocal");
    expect(await get("/api/v1/session/disconnect?client-id=mdlocal")).toEqual(done);
    await until("closed", () => !local.connected);
    const offline = await replay.connect("n3", "mdoff", persistent);
    await offline.subscribeAsync("md/2", { qos: 1 });
    await offline.endAsync();
    await replay.expectRecorded(["mdlocal", "mdoff"]);
    expect(await get("/api/v1/session/disconnect?client-id=mdoff&--cleanup")).toEqual(done);
    expect(await show("mdoff")).toEqual({ table: [], type: "table" });
  });
});

describe("nodes that go", () => {
  const OFF = { register: false, publish: false, subscribe: false, unsubscribe: false };

  test("nodekill, with nothing allowed during a netsplit", async () => {
    replay = await Replay.begin("nodekill", { netsplitRules: { ...OFF } });
    const watcher = await replay.connect("n1", "nk-watcher");
    await watcher.subscribeAsync({ "will/#": { qos: 1 }, "nk/#": { qos: 1 } });
    const clean = await replay.connect("n2", "nk-clean", { will: will("will/nk", 1, "bye") });
    const first = await replay.connect("n2", "nk-persist", { ...persistent, will: will("will/nk", 1, "bye") });
    await first.subscribeAsync("nk/p", { qos: 1 });
    await replay.broker.control("POST /nodes/n2/kill");
    await until("cut", () => !clean.connected && !first.connected);
    expect(await replay.outcome("n1", "nk-new")).toBe(3);
    expect(await replay.outcome("n3", "nk-persist", persistent)).toBe(3);
    let isAcknowledged = false;
    watcher.publish("nk/x", "hi", { qos: 1 }, () => {
      isAcknowledged = true;
    });
    await until("asked", () => calls("nk-watcher").at(-1)?.hook === "auth_on_publish");
    expect(await granted(watcher, { "nk/y": { qos: 1 } })).toEqual([128]);
    expect([isAcknowledged, watcher.connected]).toEqual([false, true]);

    await replay.broker.control("POST /nodes/n2/start");
    await (await replay.connect("n1", "nk-new")).endAsync();
    await (await replay.connect("n3", "nk-persist", persistent)).endAsync();
    watcher.end(true);
    await replay.expectRecorded(["nk-watcher", "nk-clean", "nk-persist", "nk-new"]);
  });

  test("graceful-stop, with nothing allowed during a netsplit", async () => {
    replay = await Replay.begin("graceful-stop", { netsplitRules: { ...OFF } });
    const watcher = await replay.connect("n1", "gs-watch");
    await watcher.subscribeAsync("will/#", { qos: 1 });
    const clean = await replay.connect("n3", "gs-clean", { will: will("will/gs", 1, "bye") });
    const first = await replay.connect("n3", "gs-persist", { ...persistent, will: will("will/gs", 1, "bye") });
    await first.subscribeAsync("gs/p", { qos: 1 });
    await replay.broker.control("POST /nodes/n3/stop");
    await until("closed", () => !clean.connected && !first.connected);
    expect(await replay.outcome("n1", "gs-new")).toBe(3);
    await replay.broker.control("POST /nodes/n3/start");
    await (await replay.connect("n1", "gs-new")).endAsync();
    await watcher.endAsync();
    await replay.expectRecorded(["gs-watch", "gs-clean", "gs-persist", "gs-new"]);
  });

  test("netsplit-allowed-kill: a persistent client of the dead node is moved, closed, and admitted the next time", async () => {
    replay = await Replay.begin("netsplit-allowed-kill");
    for (const [clientId, topic, options] of [
      ["ns-persist", "ns/x", persistent],
      ["ns-clean", "ns/y", {}],
      ["ns-stay", "ns/z", persistent],
    ] as const)
      await (await replay.connect("n2", clientId, options)).subscribeAsync(topic, { qos: 1 });
    const publisher = await replay.connect("n3", "ns-pub");
    await replay.broker.control("POST /nodes/n2/kill");
    expect(await replay.outcome("n1", "ns-persist", persistent)).toBe("closed");
    const clean = await replay.connect("n1", "ns-clean");
    await clean.subscribeAsync("ns/y", { qos: 1 });
    await publisher.publishAsync("ns/x", "m1", { qos: 1 });
    await publisher.publishAsync("ns/z", "m2", { qos: 1 });
    expect(await show("ns-persist")).toEqual({ table: [{ is_online: false, node: "n1@127.0.0.1" }], type: "table" });
    expect(await show("ns-stay")).toEqual({ table: [], type: "table" });
    await replay.broker.control("POST /nodes/n2/start");
    await until("m2 is on its node", () => calls("ns-stay").at(-1)?.hook === "on_offline_message");
    const received: string[] = [];
    const stay = replay.broker.connectLater("n3", { clientId: "ns-stay", username: "token-ns-stay", ...persistent });
    stay.on("message", (_topicName, payload) => received.push(payload.toString()));
    await until("m2", () => received.length === 1);
    expect(received).toEqual(["m2"]);
    await clean.endAsync();
    await stay.endAsync();
    await publisher.endAsync();
    await replay.expectRecorded(["ns-persist", "ns-clean", "ns-stay", "ns-pub"]);
  });
});
