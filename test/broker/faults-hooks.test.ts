import { afterEach, describe, expect, test } from "vitest";
import { OK } from "./hook-receiver";
import { startTestCluster, type NodeName, type TestCluster } from "./test-cluster";
import { until } from "./until";

let broker: TestCluster;
afterEach(() => broker.close());

const hooksOf = (clientId: string): string[] => broker.hooks.callsOf(clientId).map(({ hook }) => hook);
const count = async (hook: string, kind: "requests" | "errors", node: NodeName = "n1"): Promise<number> => {
  const lines = (await (await broker.get(node, "/metrics")).text()).split("\n");
  return Number(
    lines
      .find((line) => line.startsWith(`vernemq_webhooks_${hook}_${kind}{`))
      ?.split(" ")
      .at(-1),
  );
};
const comeAndGo = async (clientId: string, node: NodeName = "n1"): Promise<void> => {
  const client = await broker.connect(node, { clientId, username: "t" });
  await client.endAsync();
};

describe("faults of hooks", () => {
  test("a lost hook is not sent, and counted as an error; others are as always", async () => {
    broker = await startTestCluster();
    await broker.control("PUT /hooks/faults", { node: "n1", hook: "on_client_gone", loseShare: 1 });
    await comeAndGo("lost");
    await until("it is counted", async () => (await count("on_client_gone", "errors")) === 1);
    expect(hooksOf("lost")).toEqual(["auth_on_register", "on_client_wakeup", "on_register"]);
    await comeAndGo("elsewhere", "n2");
    await until("told on the other node", () => hooksOf("elsewhere").includes("on_client_gone"));
    const { state } = await broker.control("DELETE /hooks/faults");
    expect(state.hooks.faults).toEqual([]);
    await comeAndGo("told");
    await until("told again", () => hooksOf("told").includes("on_client_gone"));
  });

  test("a share is drawn from the seed: the same seed loses the same hooks", async () => {
    const survivors: string[][] = [];
    for (const round of [1, 2]) {
      broker = await startTestCluster({ seed: 7 });
      await broker.control("PUT /hooks/faults", { hook: "on_register", loseShare: 0.5 });
      for (let index = 0; index < 12; index += 1) await broker.connect("n1", { clientId: `c${index}`, username: "t" });
      const registers = broker.hooks.calls.filter(({ hook }) => hook === "on_register");
      survivors.push(registers.map(({ body }) => String(body.client_id)));
      if (round === 1) await broker.close();
    }
    expect(survivors[0]).toEqual(survivors[1]);
    expect(survivors[0]?.length).toBeGreaterThan(0);
    expect(survivors[0]?.length).toBeLessThan(12);
  });

  test("a repeated hook arrives twice, the same to the byte", async () => {
    broker = await startTestCluster();
    await broker.control("PUT /hooks/faults", { hook: "on_client_wakeup", repeatShare: 1 });
    await broker.connect("n1", { clientId: "twice", username: "t" });
    const wakeups = () => broker.hooks.callsOf("twice").filter(({ hook }) => hook === "on_client_wakeup");
    await until("the second", () => wakeups().length === 2);
    expect(wakeups()[0]?.raw).toBe(wakeups()[1]?.raw);
    expect(await count("on_client_wakeup", "requests")).toBe(1);
  });

  test("a delayed hook blocks what it is about", async () => {
    broker = await startTestCluster({ timeScale: 10 });
    await broker.control("PUT /hooks/faults", { hook: "on_register", delayMs: 3_000 });
    const startedAt = performance.now();
    await broker.connect("n1", { clientId: "late", username: "t" });
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  test("a reordered hook comes after the next one about its client, and blocks nothing", async () => {
    broker = await startTestCluster();
    await broker.control("PUT /hooks/faults", { hook: "on_client_wakeup", reorderShare: 1 });
    await broker.connect("n1", { clientId: "order", username: "t" });
    await until("all three", () => hooksOf("order").length === 3);
    expect(hooksOf("order")).toEqual(["auth_on_register", "on_register", "on_client_wakeup"]);
    await broker.control("PUT /hooks/faults", { hook: "on_client_gone", reorderShare: 1 });
    await comeAndGo("alone");
    await until("the last one comes by itself", () => hooksOf("alone").at(-1) === "on_client_gone");
  });

  test("a late hook blocks nothing and arrives after its time, for the clients it is asked for alone", async () => {
    broker = await startTestCluster();
    await broker.control("PUT /hooks/faults", { hook: "on_client_wakeup", clientIds: ["late"], lateMs: 300 });
    for (const clientId of ["late", "prompt"]) await broker.connect("n1", { clientId, username: "t" });
    expect(hooksOf("late")).toEqual(["auth_on_register", "on_register"]);
    expect(hooksOf("prompt")).toEqual(["auth_on_register", "on_client_wakeup", "on_register"]);
    await until("it is passed on", () => hooksOf("late").at(-1) === "on_client_wakeup");
    const { state } = await broker.control("PUT /hooks/faults", { hook: "on_client_wakeup", clientIds: ["late"] });
    expect(state.hooks.faults).toEqual([]);
  });

  test("hooks registered while a node runs are its hooks from then on, also after a restart", async () => {
    broker = await startTestCluster();
    const { state } = await broker.control("PUT /nodes/n1/webhooks", { hooks: ["auth_on_register", "on_register"] });
    expect(state.nodes[0]?.hooks).toEqual(["auth_on_register", "on_register"]);
    await comeAndGo("fewer");
    await broker.control("POST /nodes/n1/kill");
    await broker.control("POST /nodes/n1/start");
    await comeAndGo("still");
    for (const clientId of ["fewer", "still"]) expect(hooksOf(clientId)).toEqual(["auth_on_register", "on_register"]);
    const { status } = await broker.control("PUT /nodes/n1/webhooks", { url: "ftp://elsewhere" });
    expect(status).toBe(400);
  });

  test("an unreachable receiver refuses CONNECTs and loses endings; reachable again, nothing is re-sent", async () => {
    broker = await startTestCluster();
    const client = await broker.connect("n1", { clientId: "online", username: "t" });
    const { state } = await broker.control("PUT /hooks/receiver", { reachable: false });
    expect(state.hooks.unreachableFrom).toEqual(["n1", "n2"]);
    await expect(broker.connect("n1", { clientId: "new", username: "t" })).rejects.toMatchObject({ code: 5 });
    await client.endAsync();
    await until("the ending is counted as lost", async () => (await count("on_client_gone", "errors")) === 1);
    await broker.control("PUT /hooks/receiver", { reachable: true });
    await comeAndGo("after");
    await until("told", () => hooksOf("after").includes("on_client_gone"));
    expect(hooksOf("online")).not.toContain("on_client_gone");
  });

  test("the control port says what is wrong with what it is asked", async () => {
    broker = await startTestCluster();
    for (const [request, body, status] of [
      ["PUT /hooks/faults", { loseShare: 2 }, 400],
      ["PUT /hooks/faults", { node: "n9" }, 404],
      ["PUT /hooks/faults", { surprise: 1 }, 400],
      ["POST /netsplit", { groups: [["n1"], ["n9"]] }, 404],
      ["POST /nodes/n1/slow", {}, 400],
      ["POST /flood", { node: "n1", topicName: "a/#", messages: 1 }, 400],
      ["DELETE /everything", undefined, 404],
    ] as const) {
      const answer = await broker.control(request, body);
      expect([request, answer.status]).toEqual([request, status]);
      expect(answer.state.error).toBeTruthy();
    }
  });
});

// The slowness of a receiver, which is what is tested; nothing is waited for by it.
const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("the pool of an endpoint", () => {
  test("a mass disconnect at a slow receiver loses what waits over 8 s for one of 100 connections, and counts it", async () => {
    const CLIENTS = 400;
    // A receiver that takes 3 s an answer: two rounds of 100 are sent before the eighth second, a third at its ninth.
    broker = await startTestCluster({ timeScale: 10 });
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) => broker.connect("n1", { clientId: `m${index}`, username: "t" })),
    );
    broker.hooks.answer(({ hook }) => (hook === "on_client_gone" ? { ...OK, after: passed(300) } : undefined));
    for (const client of clients) client.stream.destroy();
    await until("all are accounted for", async () => {
      const errors = await count("on_client_gone", "errors");
      const arrived = broker.hooks.calls.filter(({ hook }) => hook === "on_client_gone").length;
      return errors > 0 && errors + arrived === CLIENTS;
    });
    expect(await count("on_client_gone", "requests")).toBe(CLIENTS);
    expect(new Set(broker.hooks.calls.map(({ socket }) => socket)).size).toBeLessThanOrEqual(100);
  });
});

describe("queues", () => {
  test("a flood overflows an offline queue: the oldest 1 000 are kept and the drops counted", async () => {
    broker = await startTestCluster();
    const client = await broker.connect("n1", { clientId: "ovf", clean: false, username: "t" });
    await client.subscribeAsync("ovf/t", { qos: 1 });
    await client.endAsync();
    await until("offline", () => hooksOf("ovf").at(-1) === "on_client_offline");
    await broker.control("POST /flood", { node: "n2", topicName: "ovf/t", messages: 1_100 });
    const metrics = await (await broker.get("n1", "/metrics")).text();
    expect(metrics).toContain('vernemq_queue_message_drop{node="n1@127.0.0.1"} 100\n');
    const shown = await (await broker.get("n1", "/api/v1/session/show?--client_id=ovf&--offline_messages")).json();
    expect(shown).toEqual({ table: [{ offline_messages: 1_000 }], type: "table" });
  });

  test("with an expiration, a session nobody resumes is told expired, with the recorded body, and is gone", async () => {
    broker = await startTestCluster({ timeScale: 20, persistentExpirationMs: 2_000 });
    const client = await broker.connect("n1", { clientId: "exp5", clean: false, username: "t" });
    await client.endAsync();
    const expired = await until("expired", () =>
      broker.hooks.callsOf("exp5").find(({ hook }) => hook === "on_session_expired"),
    );
    expect(expired.raw).toBe('{"mountpoint":"","client_id":"exp5"}');
    expect(hooksOf("exp5").slice(-2)).toEqual(["on_client_offline", "on_session_expired"]);
    expect(await (await broker.get("n1", "/api/v2/client?client_id=exp5")).json()).toEqual({ status: "unknown" });
  });
});
