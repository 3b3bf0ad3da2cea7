import type { ErrorWithReasonCode } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { recordedCalls, recordedOrder, shapeOf } from "./fixtures";
import { NOT_ALLOWED, OK, type HookReply } from "./hook-receiver";
import { startTestCluster, type TestCluster } from "./test-cluster";
import { until } from "./until";

let broker: TestCluster;
beforeEach(async () => {
  broker = await startTestCluster();
});
afterEach(() => broker.close());

const orderOf = (clientId: string): string[] =>
  broker.hooks.callsOf(clientId).map(({ node, hook }) => `${node}:${hook}`);
const returnCodeOf = (connecting: Promise<unknown>): Promise<number | string> =>
  connecting.then(
    () => 0,
    (error: ErrorWithReasonCode) => error.code ?? error.message,
  );

describe("a whole conversation", () => {
  test("calls the hooks VerneMQ called, in its order, with its headers and bodies to the byte", async () => {
    const { hooks, connect } = broker;
    const a = await connect("n1", {
      clientId: "a4",
      username: "tok_device_A",
      password: "pw",
      will: { topic: "dev/a/will", payload: Buffer.from("bye"), qos: 1, retain: false },
    });
    await a.subscribeAsync({ "dev/+/cmd": { qos: 1 }, "dev/all/#": { qos: 2 } });
    const b = await connect("n1", { clientId: "b4", username: "tok_device_B" });
    await b.publishAsync("dev/a/cmd", "hello0", { qos: 0 });
    await b.publishAsync("dev/a/cmd", "hello1", { qos: 1 });
    await b.publishAsync("dev/all/x", "hello2", { qos: 2 });
    await b.publishAsync("dev/r/state", '{"on":true}', { qos: 1, retain: true });
    await b.publishAsync("nobody/listens", "x", { qos: 1 });
    await a.unsubscribeAsync("dev/+/cmd");
    await a.endAsync();
    await until("a is told gone", () => orderOf("a4").at(-1) === "n1:on_client_gone");
    await b.endAsync();
    const recorded = recordedCalls("basic-v4");
    await until("every recorded hook", () => hooks.calls.length >= recorded.length);

    const withoutPort = (body: Record<string, unknown>) => JSON.stringify({ ...body, peer_port: undefined });
    expect(hooks.calls.map(({ hook, body }) => [hook, withoutPort(body)])).toEqual(
      recorded.map(({ hook, body }) => [hook, withoutPort(body)]),
    );
    for (const [index, { raw }] of recorded.entries()) {
      const call = hooks.calls[index];
      const expected = raw.with(3, hooks.host).with(9, String(call?.raw.length));
      expect(call?.rawHeaders).toEqual(expected);
    }
  });

  test("goes over kept-alive connections, few of them", async () => {
    const client = await broker.connect("n1", { clientId: "kept", username: "t" });
    for (let index = 0; index < 10; index += 1) await client.publishAsync("t", "x", { qos: 1 });
    expect(new Set(broker.hooks.calls.map(({ socket }) => socket)).size).toBe(1);
  });
});

describe("CONNECT", () => {
  test("every body has the shape recorded for its hook", async () => {
    await broker.connect("n1", { clientId: "anon" });
    const register = recordedCalls("misc-rejects").find(({ body }) => body.client_id === "anon");
    expect(shapeOf(broker.hooks.callsOf("anon")[0]?.body)).toEqual(shapeOf(register?.body));
    expect(broker.hooks.callsOf("anon")[0]?.body.username).toBeNull();
  });

  test("a clean session without an identifier gets one that begins with anon-", async () => {
    await broker.connect("n1", { clientId: "", username: "token-" });
    expect(String(broker.hooks.calls[0]?.body.client_id)).toMatch(/^anon-[\w-]{27}$/);
    expect(broker.hooks.calls.map(({ hook }) => hook)).toEqual(["auth_on_register", "on_client_wakeup", "on_register"]);
  });

  test("an identifier outside LiveConnect's charset is the gateway's to refuse", async () => {
    broker.hooks.answer(() => NOT_ALLOWED);
    expect(await returnCodeOf(broker.connect("n1", { clientId: "a/+/#~", username: "t" }))).toBe(5);
    expect(orderOf("a/+/#~")).toEqual(["n1:auth_on_register"]);
  });

  test("an identifier of more than 100 characters is refused without a hook", async () => {
    expect(await returnCodeOf(broker.connect("n1", { clientId: "x".repeat(120), username: "t" }))).toBe(2);
    expect(broker.hooks.calls).toEqual([]);
  });

  test("MQTT 5 is refused as an unsupported version, without a hook", async () => {
    expect(await returnCodeOf(broker.connect("n1", { clientId: "five", protocolVersion: 5 }))).toBeTruthy();
    expect(broker.hooks.calls).toEqual([]);
  });

  test("over WebSocket the order is the same, and the address is the client's", async () => {
    await broker.connect("n1", { clientId: "ws", username: "t", protocol: "ws" });
    expect(orderOf("ws")).toEqual(["n1:auth_on_register", "n1:on_client_wakeup", "n1:on_register"]);
    expect(broker.hooks.callsOf("ws")[0]?.body.peer_addr).toBe("127.0.0.1");
  });

  test("a denied will refuses the CONNECT after on_register, and the session is told gone", async () => {
    broker.hooks.answer(({ hook }) => (hook === "auth_on_publish" ? NOT_ALLOWED : undefined));
    const connecting = broker.connect("n1", {
      clientId: "wd4",
      username: "token-wd4",
      will: { topic: "w/d", payload: Buffer.from("x"), qos: 0, retain: false },
    });
    expect(await returnCodeOf(connecting)).toBe(5);
    const recorded = recordedOrder("will-denied", "wd4");
    await until("the ending", () => orderOf("wd4").length === recorded.length);
    expect(orderOf("wd4")).toEqual(recorded);
  });

  test("a client that leaves while its auth is pending is registered all the same, then gone", async () => {
    let release = (): void => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    broker.hooks.answer(({ hook }) => (hook === "auth_on_register" ? { ...OK, after } : undefined));
    const connecting = broker.connect("n1", { clientId: "van1", username: "token-van1", connectTimeout: 200 });
    await expect(connecting).rejects.toThrow();
    release();
    const recorded = recordedOrder("connect-then-vanish", "van1");
    await until("the ending", () => orderOf("van1").length === recorded.length);
    expect(orderOf("van1")).toEqual(recorded);
  });
});

describe("answers of auth_on_register", () => {
  const forms: [form: string, reply: HookReply, returnCode: number | string][] = [
    ["ok", OK, 0],
    ["next", { body: '{"result":"next"}' }, 5],
    ["error", NOT_ALLOWED, 5],
    ["another error", { body: '{"result":{"error":"some_reason"}}' }, 5],
    ["a reason code", { body: '{"result":{"error":{"reason_code":"bad_username_or_password"}}}' }, 5],
    ["not JSON", { body: "hello" }, 5],
    ["500", { status: 500, body: '{"result":"ok"}' }, 5],
    ["204", { status: 204, body: "" }, 5],
    ["404", { status: 404, body: '{"result":"ok"}' }, 5],
    ["302", { status: 302, body: '{"result":"ok"}', headers: { location: "http://127.0.0.1:1/" } }, 5],
    ["a cut connection", { body: "", drop: true }, 5],
    ["JSON without a result", { body: "{}" }, "closed"],
    ["an unknown modifier", { body: '{"result":"ok","modifiers":{"foo_bar_unknown":1}}' }, "closed"],
    ["a word of VerneMQ's that is not allowed", { body: '{"result":"ok","modifiers":{"reg_view":"vmq_reg_trie"}}' }, 5],
    ["a modifier of the wrong type", { body: '{"result":"ok","modifiers":{"max_inflight_messages":"ten"}}' }, 5],
    ["client_id without mountpoint", { body: '{"result":"ok","modifiers":{"client_id":"x"}}' }, 5],
  ];
  test.each(forms)("%s", async (_form, reply, returnCode) => {
    broker.hooks.answer(({ hook }) => (hook === "auth_on_register" ? reply : undefined));
    const got = await returnCodeOf(broker.connect("n1", { clientId: "form", username: "t" }));
    expect(got).toBe(returnCode);
    expect(orderOf("form").length).toBe(returnCode === 0 ? 3 : 1);
  });

  test("no answer within 5 s is a refusal", async () => {
    let release = (): void => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    broker.hooks.answer(() => ({ ...OK, after }));
    expect(await returnCodeOf(broker.connect("n1", { clientId: "slow", username: "t" }))).toBe(5);
    release();
  });

  test("on_client_wakeup and on_register may fail: the client is admitted", async () => {
    broker.hooks.answer(({ hook }) => (hook.startsWith("on_") ? { status: 500, body: "" } : undefined));
    expect(await returnCodeOf(broker.connect("n1", { clientId: "on500", username: "t" }))).toBe(0);
  });
});

describe("modifiers of auth_on_register", () => {
  const modify = (modifiers: Record<string, unknown>, headers: Record<string, string> = {}): void =>
    broker.hooks.answer(({ hook }) =>
      hook === "auth_on_register" ? { body: JSON.stringify({ result: "ok", modifiers }), headers } : undefined,
    );

  test("username replaces the token in every later hook and in session/show", async () => {
    modify({ username: "new-user" });
    const client = await broker.connect("n1", {
      clientId: "mod-username",
      username: "orig-user",
      will: { topic: "w", payload: Buffer.from("x"), qos: 1, retain: false },
    });
    await client.subscribeAsync("m/1", { qos: 1 });
    await client.publishAsync("m/2", "x", { qos: 1 });
    const [auth, ...later] = broker.hooks.callsOf("mod-username");
    expect(auth?.body.username).toBe("orig-user");
    expect(later.filter(({ raw }) => raw.includes("orig-user"))).toEqual([]);
    const usernames = new Set(later.filter(({ body }) => "username" in body).map(({ body }) => body.username));
    expect([...usernames]).toEqual(["new-user"]);
    const shown = await (await broker.get("n1", "/api/v1/session/show")).text();
    expect(shown).toContain('"user":"new-user"');
    expect(shown).not.toContain("orig-user");
  });

  test("client_id together with mountpoint renames the client", async () => {
    modify({ client_id: "changed-cid", mountpoint: "" });
    await broker.connect("n1", { clientId: "mod-client_id+mp", username: "orig-user" });
    expect(orderOf("changed-cid")).toEqual(recordedOrder("modifiers-v4", "changed-cid").slice(0, 2));
  });

  test("clean_session: false makes the session persistent", async () => {
    modify({ clean_session: false });
    const client = await broker.connect("n1", { clientId: "mod-clean_session_false", username: "u", clean: true });
    await client.endAsync();
    await until("offline", () => orderOf("mod-clean_session_false").includes("n1:on_client_offline"));
  });

  test("max_connection_lifetime ends the connection", async () => {
    modify({ max_connection_lifetime: 1 });
    const client = await broker.connect("n1", { clientId: "short", username: "u" });
    await until("the broker closes it", () => !client.connected);
    await until("gone", () => orderOf("short").includes("n1:on_client_gone"));
  });

  test("cache-control keeps an ok answer for the same arguments on the same node, modifiers included", async () => {
    modify({ username: "u2" }, { "cache-control": "max-age=60, public" });
    const connectOnce = async (node: "n1" | "n2", username: string): Promise<void> => {
      const client = await broker.connect(node, { clientId: "cachemod", username });
      await client.endAsync();
      const endings = () => orderOf("cachemod").filter((call) => call.endsWith("on_client_gone")).length;
      const registrations = orderOf("cachemod").filter((call) => call.endsWith("on_register")).length;
      await until(
        "gone",
        () => endings() === registrations - orderOf("cachemod").filter((c) => c.endsWith("auth_on_register")).length,
      );
    };
    await connectOnce("n1", "tok");
    await connectOnce("n1", "tok");
    await connectOnce("n1", "tok-OTHER");
    await connectOnce("n2", "tok");
    const auths = broker.hooks.callsOf("cachemod").filter(({ hook }) => hook === "auth_on_register");
    expect(auths.map(({ node, body }) => [node, body.username])).toEqual([
      ["n1", "tok"],
      ["n1", "tok-OTHER"],
      ["n2", "tok"],
    ]);
    const registers = broker.hooks.callsOf("cachemod").filter(({ hook }) => hook === "on_register");
    expect(registers.map(({ body }) => body.username)).toEqual(["u2", "u2", "u2", "u2"]);
  });

  test("a cached answer ends with its max-age, and an error is never cached", async () => {
    modify({}, { "cache-control": "max-age=1" });
    const auths = (clientId: string) => orderOf(clientId).filter((call) => call === "n1:auth_on_register").length;
    await until("the second auth", async () => {
      await broker.connect("n1", { clientId: "expires", username: "t" });
      return auths("expires") === 2;
    });
    broker.hooks.answer(() => ({ ...NOT_ALLOWED, headers: { "cache-control": "max-age=60" } }));
    await returnCodeOf(broker.connect("n1", { clientId: "cacheerr", username: "t" }));
    await returnCodeOf(broker.connect("n1", { clientId: "cacheerr", username: "t" }));
    expect(auths("cacheerr")).toBe(2);
  });
});
