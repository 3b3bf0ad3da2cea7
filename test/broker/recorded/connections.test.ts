import { connect as connectTcp } from "node:net";
import type { MqttClient } from "mqtt";
import { generate, type Packet } from "mqtt-packet";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../until";
import { notesOf, recordedByClient, Replay } from "./replay";

let replay: Replay;
afterEach(() => replay.broker.close());

const will = (topic: string, qos: 0 | 1 = 1, payload = "bye") => ({
  topic,
  payload: Buffer.from(payload),
  qos,
  retain: false,
});
const persistent = { clean: false };
const gone = (client: MqttClient) => until("closed", () => !client.connected);

describe("auth_on_register", () => {
  test("authresp-register-v4: every form of answer has the effect it had", async () => {
    replay = await Replay.begin("authresp-register-v4", { timeScale: 50 });
    replay.answerAsRecorded();
    const effects = notesOf("authresp-register-v4").map((note) => /^(\S+) => (.+)$/.exec(note) ?? []);
    expect(effects.length).toBe(14);
    for (const [, form = "", effect = "{}"] of effects) {
      const { rc, closed } = JSON.parse(effect) as { rc?: number; closed?: boolean };
      const outcome = await replay.outcome("n1", `ar-${form}-v4`);
      expect([form, outcome]).toEqual([form, closed ? "closed" : rc]);
      if (outcome !== 0) await replay.expectRecorded([`ar-${form}-v4`]);
    }
  });

  test("modifiers-v4: each modifier has the effect it had", async () => {
    replay = await Replay.begin("modifiers-v4");
    replay.answerAsRecorded();
    const names = ["client_id-only", "subscriber_id", "username", "clean_session_false", "max_inflight"];
    for (const name of [...names, "unknown_modifier", "bad_type", "throttle"]) {
      const note = notesOf("modifiers-v4").find((each) => each.startsWith(`REG ${name} `)) ?? "";
      const { rc, closed } = JSON.parse(note.split(" => ")[1] ?? "") as { rc?: number; closed?: boolean };
      const connecting = replay.connect("n1", `mod-${name}`, { username: "orig-user", password: "pw" });
      const client = await connecting.catch((error: Error & { code?: number }) => error.code ?? error.message);
      expect([name, typeof client === "object" ? 0 : client]).toEqual([name, closed ? "closed" : rc]);
      if (typeof client !== "object") continue;
      const recorded = recordedByClient("modifiers-v4").get(`mod-${name}`) ?? [];
      if (recorded.some(({ hook }) => hook === "on_subscribe")) await client.subscribeAsync("m/1", { qos: 1 });
      if (recorded.at(-1)?.hook === "on_client_offline") await client.endAsync();
      const passwords = new Set(recorded.map(({ body }) => body.password).filter((word) => word !== undefined));
      if (passwords.has("pw")) await replay.expectRecorded([`mod-${name}`]);
    }
  });

  test("modifiers-v4: subscriptions, a publish and a delivery are rewritten as they were", async () => {
    replay = await Replay.begin("modifiers-v4");
    replay.answerAsRecorded();
    const client = await replay.connect("n1", "modsub");
    const received: string[] = [];
    client.on("message", (topicName, payload) => received.push(`${topicName}=${payload.toString()}`));
    const subacks: number[][] = [];
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "suback") subacks.push(packet.granted as number[]);
    });
    for (let round = 1; round <= 2; round += 1) {
      client.subscribe({ "a/1": { qos: 1 }, "a/2": { qos: 2 } });
      await until("granted", () => subacks.length === round);
    }
    await client.publishAsync("a/9", "orig", { qos: 1 });
    await client.subscribeAsync("e/#", { qos: 1 });
    await client.publishAsync("e/1", "orig", { qos: 1 });
    await until("delivered", () => received.length === 1);
    await client.endAsync();
    expect(subacks.slice(0, 2)).toEqual([
      [128, 0],
      [1, 2],
    ]);
    expect(received).toEqual(["dlv/x=dlv"]);
    await replay.expectRecorded(["modsub"]);
  });

  test("misc-rejects: what needs no answer of ours", async () => {
    replay = await Replay.begin("misc-rejects");
    await (await replay.connect("n1", "anon", { username: undefined })).endAsync();
    await (await replay.connect("n1", "ka0", { keepalive: 0 })).endAsync();
    const packet: Packet = {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: "",
    };
    const wildcard = Buffer.from([0x30, 5, 0, 3, 0x61, 0x2f, 0x23]);
    for (const clientId of ["twoconn", "badtopic"]) {
      const connect = generate({ ...packet, clientId, username: `token-${clientId}` });
      const socket = connectTcp(replay.broker.node("n1").mqttPort, "127.0.0.1").resume();
      socket.write(Buffer.concat([connect, clientId === "twoconn" ? connect : wildcard]));
      await until("closed", () => socket.closed);
    }
    const system = await replay.connect("n1", "sysT");
    await system.subscribeAsync("$SYS/#", { qos: 0 });
    await system.endAsync();
    await replay.expectRecorded(["anon", "ka0", "twoconn", "badtopic", "sysT"]);
  });

  test("cache-v4: cached by node and arguments, for max-age, errors never", async () => {
    replay = await Replay.begin("cache-v4", { timeScale: 40 });
    const cacheFor = (clientId: string): string | undefined =>
      ({ cachec: "max-age=3", cacheerr: "max-age=30", cachemod: "max-age=60, public" })[clientId];
    replay.broker.hooks.answer(({ body, hook }) => {
      const clientId = String(body.client_id);
      const headers = { "cache-control": cacheFor(clientId) ?? "" };
      if (clientId === "cacheerr") return { body: '{"result":{"error":"not_allowed"}}', headers };
      const modifiers = clientId === "cachemod" ? { username: "u2" } : undefined;
      return hook.startsWith("auth") ? { body: JSON.stringify({ result: "ok", modifiers }), headers } : undefined;
    });
    const auths = (): string[] =>
      replay.broker.hooks
        .callsOf("cachec")
        .flatMap(({ node, hook, body }) => (hook === "auth_on_register" ? [`${node} ${String(body.username)}`] : []));
    for (const [node, username] of [
      ["n1", "tok"],
      ["n1", "tok"],
      ["n1", "tok2"],
      ["n2", "tok"],
    ] as const)
      await replay.connect(node, "cachec", { username });
    expect(auths()).toEqual(["n1 tok", "n1 tok2", "n2 tok"]);
    await until("it is asked again", async () => {
      await replay.connect("n1", "cachec", { username: "tok" });
      return auths().length > 3;
    });
    for (let round = 0; round < 2; round += 1) expect(await replay.outcome("n1", "cacheerr")).toBe(5);
    expect(replay.broker.hooks.callsOf("cacheerr").length).toBe(2);
    for (let round = 0; round < 2; round += 1)
      await (await replay.connect("n1", "cachemod", { username: "tok" })).endAsync();
    await until("the last ending", () => replay.broker.hooks.callsOf("cachemod").length === 7);
    const hooksOf = (calls: readonly { hook: string }[]) => calls.map(({ hook }) => hook);
    expect(hooksOf(replay.broker.hooks.callsOf("cachemod"))).toEqual(
      hooksOf(recordedByClient("cache-v4").get("cachemod") ?? []),
    );
  });

  test("will-denied: on_register is told, then the ending", async () => {
    replay = await Replay.begin("will-denied");
    replay.answerAsRecorded();
    expect(await replay.outcome("n1", "wd4", { will: will("w/d", 0, "x") })).toBe(5);
    await replay.expectRecorded(["wd4"]);
  });
});

describe("endings", () => {
  test.each([
    ["disc-persist-v4", "dp4", false, "end"],
    ["tcpkill-clean-v4", "kc4", true, "cut"],
    ["tcpkill-persist-v4", "kp4", false, "cut"],
  ] as const)("%s", async (scenario, clientId, clean, how) => {
    replay = await Replay.begin(scenario);
    const client = await replay.connect("n1", clientId, { clean, will: will("will/t") });
    await client.subscribeAsync("t/1", { qos: 1 });
    if (how === "end") await client.endAsync();
    else client.stream.destroy();
    await replay.expectRecorded([clientId]);
  });

  test("rst-clean-v4: a reset connection", async () => {
    replay = await Replay.begin("rst-clean-v4");
    const socket = connectTcp(replay.broker.node("n1").mqttPort, "127.0.0.1");
    const packet: Packet = {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId: "kr4",
      clean: true,
      keepalive: 60,
    };
    socket.resume().write(generate({ ...packet, username: "token-kr4" }));
    await until("registered", () => replay.broker.hooks.callsOf("kr4").length === 3);
    socket.resetAndDestroy();
    await replay.expectRecorded(["kr4"]);
  });

  test.each([
    ["keepalive-v4", "ka4", false],
    ["keepalive-clean-v4", "kac4", true],
  ])("%s: a client that says nothing ends at 2.25 times its keep alive", async (scenario, clientId, clean) => {
    replay = await Replay.begin(scenario, { timeScale: 5 });
    const options = clean ? {} : { will: will("will/t") };
    const client = await replay.connect("n1", clientId, { clean, keepalive: 2, reschedulePings: false, ...options });
    const startedAt = performance.now();
    client.keepaliveManager?.destroy();
    if (!clean) await client.subscribeAsync("t/1", { qos: 1 });
    await gone(client);
    const seconds = ((performance.now() - startedAt) * 5) / 1_000;
    expect(seconds).toBeGreaterThan(4.3);
    await replay.expectRecorded([clientId]);
  });

  test("clean-after-persist-v4", async () => {
    replay = await Replay.begin("clean-after-persist-v4");
    const first = await replay.connect("n1", "cap4", persistent);
    await first.subscribeAsync("cap", { qos: 1 });
    await first.endAsync();
    await until("offline", () => replay.broker.hooks.callsOf("cap4").length === 6);
    await (await replay.connect("n1", "cap4")).endAsync();
    await until("gone", () => replay.broker.hooks.callsOf("cap4").length === 10);
    const third = await replay.connect("n1", "cap4", persistent);
    await third.subscribeAsync("cap", { qos: 1 });
    await (await replay.connect("n1", "cap4")).endAsync();
    await replay.expectRecorded(["cap4"]);
  });

  test("pingpong-v4: a persistent client that goes round the nodes", async () => {
    replay = await Replay.begin("pingpong-v4");
    for (const node of ["n1", "n2", "n3", "n1", "n2", "n3"] as const) await replay.connect(node, "pp", persistent);
    await replay.expectRecorded(["pp"]);
  });

  test("double-connect-slow-auth: whose auth finishes last has the client identifier", async () => {
    replay = await Replay.begin("double-connect-slow-auth", { timeScale: 5 });
    replay.answerAsRecorded();
    const slow = replay.connect("n1", "dbl");
    await until("the first auth", () => replay.broker.hooks.calls.length === 1);
    const fast = await replay.connect("n1", "dbl");
    await (await slow).endAsync();
    expect(fast.connected).toBe(false);
    await replay.expectRecorded(["dbl"]);
  });
});
