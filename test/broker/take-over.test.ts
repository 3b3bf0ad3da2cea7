import { describe, expect, test } from "vitest";
import { createRandom } from "@/embedded-broker/random";
import { planTakeOver } from "@/embedded-broker/take-over";
import { readFixture } from "./fixtures";
import { startTestCluster } from "./test-cluster";
import { until } from "./until";

const DRAWS = 6_000;

/** Share of each order of one kind of take-over, as counted on the real cluster. */
function recordedShares(title: string): Map<string, number> {
  const lines = readFixture("takeover-order-stats.txt").split("\n");
  const from = lines.findIndex((line) => line.startsWith(title));
  const counted: [string, number][] = [];
  for (const line of lines.slice(from + 1)) {
    if (/^v\d/.test(line)) break;
    const [, order = "", times = "0"] = /'[^>]+auth_on_register > ([^']+)': (\d+)/.exec(line) ?? [];
    if (order)
      counted.push([order.replaceAll(/n\d:(on_)?/g, "").replaceAll(/gone|offline/g, "ending"), Number(times) / 60]);
  }
  return new Map(counted);
}

describe("orders of a take-over", () => {
  test.each([
    ["v4 clean node1->node1", { clean: true, sameNode: true }],
    ["v4 clean node1->node2", { clean: true, sameNode: false }],
    ["v4 persist node1->node1", { clean: false, sameNode: true }],
    ["v4 persist node1->node2", { clean: false, sameNode: false }],
  ])("%s: drawn with the measured odds, and none besides", (title, kind) => {
    const random = createRandom(1);
    const drawn = new Map<string, number>();
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const order = planTakeOver(kind, random).steps.join(" > ");
      drawn.set(order, (drawn.get(order) ?? 0) + 1 / DRAWS);
    }
    const recorded = recordedShares(title);
    expect([...drawn.keys()].toSorted()).toEqual([...recorded.keys()].toSorted());
    for (const [order, share] of recorded) expect(drawn.get(order), order).toBeCloseTo(share, 1);
  });

  test("the same seed draws the same orders, another seed others", async () => {
    const ordersOf = async (seed: number): Promise<string[]> => {
      const broker = await startTestCluster({ seed });
      const orders: string[] = [];
      for (let round = 0; round < 12; round += 1) {
        const clientId = `c${round}`;
        await broker.connect("n1", { clientId, clean: false, username: "t" });
        await broker.connect("n1", { clientId, clean: false, username: "t" });
        await until("all hooks", () => broker.hooks.callsOf(clientId).length === 7);
        orders.push(
          broker.hooks
            .callsOf(clientId)
            .map(({ hook }) => hook)
            .slice(4)
            .join(" > "),
        );
      }
      await broker.close();
      return orders;
    };
    const orders = await ordersOf(5);
    expect(await ordersOf(5)).toEqual(orders);
    expect(new Set(orders).size).toBeGreaterThan(1);
    expect(await ordersOf(6)).not.toEqual(orders);
  });

  test("a persistent session that changes its node takes 100 ms more, as its queue moves", async () => {
    const broker = await startTestCluster();
    await broker.connect("n1", { clientId: "slowly", clean: false, username: "t" });
    const startedAt = performance.now();
    await broker.connect("n2", { clientId: "slowly", clean: false, username: "t" });
    expect(performance.now() - startedAt).toBeGreaterThan(95);
    await broker.close();
  });
});
