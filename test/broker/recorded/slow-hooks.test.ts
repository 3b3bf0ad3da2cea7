import { afterEach, describe, expect, test } from "vitest";
import { until } from "../until";
import { Replay, sameCallsInAnyOrder } from "./replay";

let replay: Replay;
afterEach(() => replay.broker.close());

const persistent = { clean: false };

describe("slow and failing hooks", () => {
  test("slow-hooks-offline: a client that comes back waits for its own ending", async () => {
    replay = await Replay.begin("slow-hooks-offline", { timeScale: 10 });
    replay.answerAsRecorded();
    const first = await replay.connect("n1", "slowoff", persistent);
    await first.subscribeAsync("so/1", { qos: 1 });
    await first.endAsync();
    await until("its ending is being told", () => replay.broker.hooks.callsOf("slowoff").length === 6);
    const startedAt = performance.now();
    const second = await replay.connect("n1", "slowoff", persistent);
    expect((performance.now() - startedAt) * 10).toBeGreaterThan(2_000);
    const publisher = await replay.connect("n2", "slowoffpub");
    await publisher.publishAsync("so/1", "x", { qos: 1 });
    await until("delivered", () => replay.broker.hooks.callsOf("slowoff").at(-1)?.hook === "on_deliver");
    await second.endAsync();
    await publisher.endAsync();
    await replay.expectRecorded(["slowoff", "slowoffpub"]);
  });

  test("slow-hooks-wakeup: each hook blocks what it is about", async () => {
    replay = await Replay.begin("slow-hooks-wakeup", { timeScale: 10 });
    replay.answerAsRecorded();
    const took = async (work: () => Promise<unknown>): Promise<number> => {
      const startedAt = performance.now();
      await work();
      return (performance.now() - startedAt) * 10;
    };
    let client = replay.broker.connectLater("n1", { clientId: "slowwk", username: "token-slowwk", ...persistent });
    expect(await took(() => until("connected", () => client.connected))).toBeGreaterThan(1_900);
    await client.endAsync();
    await until("offline", () => replay.broker.hooks.callsOf("slowwk").length === 4);
    expect(
      await took(async () => {
        client = await replay.connect("n1", "slowwk", persistent);
      }),
    ).toBeGreaterThan(1_900);
    expect(await took(() => client.publishAsync("zz", "1", { qos: 1 }))).toBeGreaterThan(1_900);
    expect(await took(() => client.subscribeAsync("zz", { qos: 1 }))).toBeGreaterThan(1_900);
    const delivered = new Promise((resolve) => {
      client.once("message", resolve);
    });
    expect(await took(() => client.publishAsync("zz", "1", { qos: 1 }))).toBeLessThan(1_500);
    expect(await took(() => delivered)).toBeGreaterThan(1_000);
    await client.endAsync();
    await replay.expectRecorded(["slowwk"]);
  });

  test("on-hooks-500: what is only told may fail", async () => {
    replay = await Replay.begin("on-hooks-500");
    replay.answerAsRecorded();
    const client = await replay.connect("n1", "on500");
    await client.subscribeAsync("zz", { qos: 1 });
    const delivered = new Promise((resolve) => {
      client.once("message", resolve);
    });
    await client.publishAsync("zz", "1", { qos: 1 });
    await delivered;
    await client.endAsync();
    await replay.expectRecorded(["on500"], sameCallsInAnyOrder);
  });

  test("endpoint-down: nobody gets in, who publishes is cut, and nothing is re-sent", async () => {
    replay = await Replay.begin("endpoint-down");
    const online = await replay.connect("n1", "ed-online");
    await online.subscribeAsync("ed/#", { qos: 1 });
    const first = await replay.connect("n1", "ed-persist", persistent);
    await replay.broker.control("PUT /hooks/receiver", { reachable: false });
    online.publish("ed/1", "x", { qos: 1 });
    await until("cut", () => !online.connected);
    expect(await replay.outcome("n1", "ed-new")).toBe(5);
    await first.endAsync();
    await until("the ending is lost", async () =>
      (await (await replay.broker.get("n1", "/metrics")).text()).includes(
        'webhooks_on_client_offline_errors{node="n1@127.0.0.1"} 1',
      ),
    );
    await replay.broker.control("PUT /hooks/receiver", { reachable: true });
    await (await replay.connect("n1", "ed-persist", persistent)).endAsync();
    await replay.expectRecorded(["ed-online", "ed-persist"]);
  });
});
