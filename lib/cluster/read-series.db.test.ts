import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeNode, testContext } from "@/test/factories";
import { testDatabase } from "@/test/database";
import { readOverview } from "./read-overview";
import { readSeries } from "./read-series";
import { recordSamples } from "./record-samples";
import { SERIES_METRICS, type SeriesMetric } from "./schemas";

const { db } = await testDatabase();
const BEGIN = Date.parse("2026-11-20T10:00:00Z");
let nodeId: number;

beforeAll(async () => {
  nodeId = (await makeNode(db, { name: "sub-1" })).nodeId;
});
beforeEach(async () => {
  await db.pool.query("delete from series_samples");
});

type Figures = Partial<Record<SeriesMetric, number | null>>;
const row = (figures: Figures) => SERIES_METRICS.map(({ name }) => figures[name] ?? null);

/** A sample every five seconds from `BEGIN + fromSeconds`. */
async function write(samples: readonly (Figures | "missing")[], fromSeconds = 0, node = nodeId): Promise<void> {
  const rows = samples.flatMap((figures, index) =>
    figures === "missing"
      ? []
      : [{ nodeId: node, at: new Date(BEGIN + (fromSeconds + index * 5) * 1000 + 60), values: row(figures) }],
  );
  await recordSamples(db, rows, new Date());
}

const read = (metric: SeriesMetric, seconds: number, points = 720) =>
  readSeries(testContext(db, { role: "support" }, { now: new Date(BEGIN + 3_600_000) }), {
    metrics: [metric],
    from: new Date(BEGIN),
    to: new Date(BEGIN + seconds * 1000),
    points,
  });
const valuesOf = async (metric: SeriesMetric, seconds: number, points?: number) =>
  (await read(metric, seconds, points)).lines[0]?.values;

describe("readSeries", () => {
  it("gives a gauge's average in each bin and leaves a missing sample null", async () => {
    await write([{ connections: 10 }, { connections: 20 }, "missing", { connections: 40 }, { connections: null }]);
    expect(await valuesOf("connections", 25)).toEqual([10, 20, null, 40, null]);
    const { at, stepSeconds, gaps } = await read("connections", 30, 10);
    expect({ stepSeconds, at: at.length }).toEqual({ stepSeconds: 5, at: 6 });
    expect(gaps).toEqual([
      { node: null, from: BEGIN + 10_000, to: BEGIN + 15_000 },
      { node: null, from: BEGIN + 25_000, to: BEGIN + 30_000 },
    ]);
  });

  it("gives a counter's rise per second, from the sample before the range on", async () => {
    await write([{ connects_received: 100, uptime_ms: 0 }], -5);
    await write([
      { connects_received: 150, uptime_ms: 5_000 },
      { connects_received: 150, uptime_ms: 10_000 },
      { connects_received: 175, uptime_ms: 15_000 },
    ]);
    expect(await valuesOf("connects_received", 15)).toEqual([10, 0, 5]);
  });

  it("downsamples to the bins asked for without losing a rise", async () => {
    await write(
      Array.from({ length: 120 }, (_, index) => ({ connects_received: index * 20, uptime_ms: index * 5_000 })),
    );
    const { stepSeconds, at, lines } = await read("connects_received", 600, 10);
    expect({ stepSeconds, bins: at.length }).toEqual({ stepSeconds: 60, bins: 10 });
    expect(lines[0]?.values).toEqual(Array.from({ length: 10 }, () => 4));
  });

  it("takes a restart for a restart, also when the counter is higher than before it", async () => {
    await write([
      { publishes_received: 1_000, uptime_ms: 900_000 },
      { publishes_received: 50, uptime_ms: 4_000 },
      { publishes_received: 60, uptime_ms: 9_000 },
      // restarted again, and busier: 400 in its first three seconds
      { publishes_received: 400, uptime_ms: 3_000 },
    ]);
    expect(await valuesOf("publishes_received", 20)).toEqual([null, 10, 2, 80]);
  });

  it("says nothing about a rise over a hole it cannot place in time", async () => {
    await write([
      { connects_received: 0, uptime_ms: 0 },
      "missing",
      "missing",
      "missing",
      { connects_received: 400, uptime_ms: 20_000 },
      { connects_received: 405, uptime_ms: 25_000 },
    ]);
    expect(await valuesOf("connects_received", 30)).toEqual([null, null, null, null, null, 1]);
  });

  it("tells one node's gap from a time when nothing was watched", async () => {
    const other = await makeNode(db, { name: "sub-2" });
    await write([{ connections: 1 }, { connections: 1 }, "missing", { connections: 1 }]);
    await write([{ connections: 2 }, "missing", "missing", { connections: 2 }], 0, other.nodeId);
    const { gaps, lines } = await read("connections", 20);
    expect(lines.map((line) => [line.node, line.values])).toEqual([
      ["sub-1", [1, 1, null, 1]],
      ["sub-2", [2, null, null, 2]],
    ]);
    expect(gaps).toEqual([
      { node: "sub-2", from: BEGIN + 5_000, to: BEGIN + 10_000 },
      { node: null, from: BEGIN + 10_000, to: BEGIN + 15_000 },
    ]);
    await db.prisma.brokerNode.delete({ where: { nodeId: other.nodeId } });
  });

  it("refuses a range longer than anything is kept, and a role without the permission", async () => {
    await expect(read("connections", 741 * 86_400)).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(
      readSeries(testContext(db, { role: "auditor" }), {
        metrics: ["connections"],
        from: new Date(BEGIN),
        to: new Date(BEGIN + 60_000),
      }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("readOverview", () => {
  it("knows nothing before anything was watched, and says so with nulls", async () => {
    const overview = await readOverview(testContext(db), {});
    expect(overview.watch).toEqual({ status: "not_started" });
    expect(overview.sampledAt).toBeNull();
    expect(overview.clients).toMatchObject({ online: null, unknown: 0, queued: null, changeInHour: null });
    expect(overview.figures.map((figure) => figure.value)).toEqual([null, null, null, null, null, null]);
  });
});

describe("readOverview with an hour of samples", () => {
  it("sums the nodes that are up, keeps the last count of the one that is not, and knows what is usual", async () => {
    const latest = Math.floor(Date.now() / 5_000) * 5_000 - 5_000;
    const lost = await makeNode(db, { name: "sub-9", state: "silent" });
    await db.pool.query(
      "update broker_nodes set state = 'up', evidence = 'answers', last_asked_at = now() where name = 'sub-1'",
    );
    const samples = Array.from({ length: 720 }, (_, index) => ({
      at: new Date(latest - (719 - index) * 5_000),
      // 60 connects a minute, 5 messages a second, one message dropped every minute
      values: row({
        uptime_ms: index * 5_000,
        connections: 100 + Math.floor(index / 72),
        sessions: 140,
        connects_received: index * 5,
        publishes_received: index * 25,
        queue_dropped: Math.floor(index / 12),
        connects_refused: 7,
        hook_presence_errors: 0,
        scheduler_utilization: 12,
      }),
    }));
    await recordSamples(
      db,
      samples.map((sample) => ({ nodeId, ...sample })),
      new Date(),
    );
    await recordSamples(
      db,
      [{ nodeId: lost.nodeId, at: new Date(latest - 240_000), values: row({ connections: 33, uptime_ms: 1 }) }],
      new Date(),
    );

    const overview = await readOverview(testContext(db), {});
    expect(overview.watch.status).toBe("watching");
    expect(overview.clients).toMatchObject({
      online: 109,
      unknown: 33,
      queued: 31,
      source: "total_active_connections",
    });
    const figures = Object.fromEntries(overview.figures.map((figure) => [figure.key, figure]));
    expect(figures.connects?.value).toBeCloseTo(60, 6);
    expect(figures.connects?.usual).toEqual({ low: expect.closeTo(60, 6), high: expect.closeTo(60, 6) });
    expect(figures.messagesIn?.value).toBeCloseTo(5, 6);
    expect(figures.messagesOut?.value).toBeNull();
    expect(figures.dropped).toMatchObject({ value: 59, usual: null, source: "queue_message_drop" });
    expect(figures.refused?.value).toBe(0);
    expect(figures.hookErrors?.value).toBe(0);
    expect(overview.nodes.map((node) => [node.name, node.state, node.sample?.schedulerPercent])).toEqual([
      ["sub-1", "up", 12],
      ["sub-9", "silent", null],
    ]);
  });
});
