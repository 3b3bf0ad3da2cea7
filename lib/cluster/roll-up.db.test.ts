import { beforeEach, describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { makeNode, testContext } from "@/test/factories";
import { readSeries } from "./read-series";
import { recordSamples } from "./record-samples";
import { rollUpHours, rollUpMinutes } from "./roll-up";
import { positionOf, SERIES_METRICS, type SeriesMetric } from "./schemas";

const { db } = await testDatabase();
const BEGIN = Date.parse("2026-11-20T10:00:00Z");
const { nodeId } = await makeNode(db, { name: "sub-1" });

beforeEach(async () => {
  await db.pool.query("truncate series_samples, series_minutes, series_hours, series_due");
});

type Figures = Partial<Record<SeriesMetric, number>>;
const row = (figures: Figures) => SERIES_METRICS.map(({ name }) => figures[name] ?? null);
const sample = (seconds: number, figures: Figures) => ({
  nodeId,
  at: new Date(BEGIN + seconds * 1000 + 60),
  values: row({ uptime_ms: 1_000_000 + seconds * 1000, ...figures }),
});
const write = (...rows: ReturnType<typeof sample>[]) => recordSamples(db, rows, new Date());

async function minutes(metric: SeriesMetric) {
  const place = positionOf(metric);
  const { rows } = await db.pool.query<{ minute: number; samples: number; a: number; l: number; h: number }>(
    `select extract(epoch from at - $1)::int / 60 as minute, samples, average[${place}] as a, low[${place}] as l, high[${place}] as h
     from series_minutes order by at`,
    [new Date(BEGIN)],
  );
  return rows.map(({ minute, samples, a, l, h }) => [minute, samples, a, l, h]);
}
const due = async (step: number) =>
  (await db.pool.query("select from series_due where step_seconds = $1", [step])).rowCount;

describe("rolling up", () => {
  it("keeps lowest, average and highest of a gauge, and of a counter's rate, by minute", async () => {
    await write(
      sample(0, { connections: 10, connects_received: 100 }),
      sample(5, { connections: 30, connects_received: 150 }),
      sample(10, { connections: 20, connects_received: 155 }),
      sample(60, { connections: 7, connects_received: 900 }),
    );
    expect(await rollUpMinutes(db.pool)).toBe(2);
    expect(await minutes("connections")).toEqual([
      [0, 3, 20, 10, 30],
      [1, 1, 7, 7, 7],
    ]);
    // 50 in 5 s, then 5 in 5 s; what rose over the hole of 50 s has no place.
    expect(await minutes("connects_received")).toEqual([
      [0, 3, 5.5, 1, 10],
      [1, 1, null, null, null],
    ]);
    expect(await rollUpMinutes(db.pool)).toBe(0);
  });

  it("counts the rise from a minute's last sample to the next one's first, and a restart from zero", async () => {
    await write(sample(55, { connects_received: 100 }), sample(60, { connects_received: 120 }));
    await write({ ...sample(65, { connects_received: 15, uptime_ms: 2_000 }) });
    await rollUpMinutes(db.pool);
    expect(await minutes("connects_received")).toEqual([
      [0, 1, null, null, null],
      [1, 2, 3.5, 3, 4],
    ]);
  });

  it("takes a sample that comes late into its minute and its hour, however often it is asked", async () => {
    await write(sample(0, { connections: 10 }));
    await rollUpMinutes(db.pool);
    await rollUpHours(db.pool);
    await write(sample(5, { connections: 30 }));
    await Promise.all([rollUpMinutes(db.pool), rollUpMinutes(db.pool), rollUpMinutes(db.pool)]);
    await Promise.all([rollUpHours(db.pool), rollUpHours(db.pool)]);
    expect(await minutes("connections")).toEqual([[0, 2, 20, 10, 30]]);
    const hours = await db.pool.query(
      `select samples, average[${positionOf("connections")}] as a, high[${positionOf("connections")}] as h from series_hours`,
    );
    expect(hours.rows).toEqual([{ samples: 2, a: 20, h: 30 }]);
    expect([await due(60), await due(3600)]).toEqual([0, 0]);
  });

  it("never loses a sample whose writer had not committed when its minute was rolled up", async () => {
    await write(sample(0, { connections: 10 }));
    const writer = await db.pool.connect();
    await writer.query("begin");
    const { at, values } = sample(5, { connections: 30 });
    await writer.query(
      `with written as (insert into series_samples (node_id, at, "values") values ($1, $2, $3) returning at)
       insert into series_due select 60, date_trunc('minute', at) from written
       on conflict (step_seconds, at) do update set at = excluded.at`,
      [nodeId, at, values],
    );
    await rollUpMinutes(db.pool);
    await writer.query("commit");
    writer.release();
    await rollUpMinutes(db.pool);
    expect(await minutes("connections")).toEqual([[0, 2, 20, 10, 30]]);
  });

  it("rolls back whole when it cannot finish, so the next turn does it all", async () => {
    await write(sample(0, { connections: 10 }));
    await db.pool.query("alter table series_minutes add constraint broken check (samples > 5)");
    await expect(rollUpMinutes(db.pool)).rejects.toThrow(/broken/);
    await db.pool.query("alter table series_minutes drop constraint broken");
    expect(await rollUpMinutes(db.pool)).toBe(1);
    expect(await minutes("connections")).toEqual([[0, 1, 10, 10, 10]]);
  });
});

describe("readSeries over the levels", () => {
  const read = (given: Partial<Parameters<typeof readSeries>[1]> & { seconds: number; now?: number }) =>
    readSeries(testContext(db, { role: "support" }, { now: new Date(given.now ?? BEGIN + 3_600_000) }), {
      metrics: ["connections", "connects_received"],
      from: new Date(BEGIN),
      to: new Date(BEGIN + given.seconds * 1000),
      points: 10,
      ...given,
    });

  it("says the same of a range from samples, minutes and hours", async () => {
    await write(
      ...Array.from({ length: 720 }, (_, i) =>
        sample(i * 5, { connections: i < 360 ? 100 : 200, connects_received: i * 20 }),
      ),
    );
    while ((await rollUpMinutes(db.pool)) > 0);
    await rollUpHours(db.pool);
    const values = async (given: Parameters<typeof read>[0]) => {
      const { history, lines } = await read(given);
      return [history.kind === "own" && history.stepSeconds, lines.map((line) => line.values)];
    };
    const tens = Array.from({ length: 12 }, (_, i) => (i < 6 ? 100 : 200));
    expect(await values({ seconds: 3_601, points: 13 })).toEqual([60, [tens, tens.map(() => 4)]]);
    expect(await values({ seconds: 40, points: 10 })).toEqual([5, [expect.any(Array), expect.any(Array)]]);
    const month = BEGIN + 40 * 86_400_000;
    expect(await values({ seconds: 3_600, now: month })).toEqual([3600, [[150], [4]]]);
    // Older than samples are kept, asked for finely: as fine as there is.
    const fine = await read({ seconds: 300, points: 60, now: BEGIN + 3 * 86_400_000 });
    expect(fine.stepSeconds).toBe(60);
  });

  it("shows a spike of one sample on a long range, as its bin's highest", async () => {
    await write(sample(0, { connections: 5 }), sample(5, { connections: 5_000 }), sample(10, { connections: 5 }));
    await rollUpMinutes(db.pool);
    const { lines } = await read({ seconds: 600, detail: "extremes" });
    expect(lines[0]?.highs?.[0]).toBe(5_000);
    expect(lines[0]?.lows?.[0]).toBe(5);
    expect((await read({ seconds: 600 })).lines[0]?.highs).toBeUndefined();
  });

  it("puts yesterday's line beside today's, bin for bin", async () => {
    await write(sample(-86_400, { connections: 40 }), sample(0, { connections: 44 }), sample(60, { connections: 45 }));
    while ((await rollUpMinutes(db.pool)) > 0);
    const { lines, comparison } = await read({ seconds: 600, compare: "yesterday", metrics: ["connections"] });
    expect(lines[0]?.values.slice(0, 2)).toEqual([44, 45]);
    expect(comparison?.lines[0]?.values.slice(0, 2)).toEqual([40, null]);
    expect(comparison?.shiftSeconds).toBe(86_400);
  });
});
