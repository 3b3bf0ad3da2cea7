import { expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { keepPartitions, type PartitionedTable } from "./keep-partitions";
import { SERIES_METRICS } from "./schemas";

const { db } = await testDatabase();
const SERIES: PartitionedTable = { table: "series_samples", column: "at", keepHours: 48 };
const SESSIONS: PartitionedTable = { table: "sessions", column: "ended_at", keepHours: 400 * 24 };
const NOON = new Date("2026-11-20T12:00:00Z");
const later = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000);

const insert = (at: Date) =>
  db.pool.query(`insert into series_samples (node_id, at, "values") values (1, $1, $2)`, [
    at,
    SERIES_METRICS.map(() => 1),
  ]);
const whereIs = async (at: Date) =>
  (
    await db.pool.query<{ table: string }>(
      "select tableoid::regclass::text as table from series_samples where at = $1",
      [at],
    )
  ).rows[0]?.table;

it("moves rows that came before their partition, and puts later ones straight into it", async () => {
  await insert(NOON);
  expect(await whereIs(NOON)).toBe("series_samples_default");
  const { made } = await keepPartitions(db.pool, SERIES, NOON);
  expect(made).toEqual(["series_samples_20261120", "series_samples_20261121"]);
  expect(await whereIs(NOON)).toBe("series_samples_20261120");
  await insert(later(13));
  expect(await whereIs(later(13))).toBe("series_samples_20261121");
});

it("is harmless a second time", async () => {
  expect(await keepPartitions(db.pool, SERIES, NOON)).toEqual({ made: [], dropped: [] });
});

it("drops a day when all of it is past its time, and nothing before", async () => {
  expect((await keepPartitions(db.pool, SERIES, later(48))).dropped).toEqual([]);
  expect((await keepPartitions(db.pool, SERIES, later(60.5))).dropped).toEqual(["series_samples_20261120"]);
  expect(await whereIs(NOON)).toBeUndefined();
  expect(await whereIs(later(13))).toBe("series_samples_20261121");
});

it("makes each partition once when several processes keep them at the same time", async () => {
  const all = await Promise.all([1, 2, 3].map(() => keepPartitions(db.pool, SESSIONS, NOON)));
  expect(all.every(({ made }) => made.length <= 2)).toBe(true);
  const { rows } = await db.pool.query<{ name: string }>(
    "select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'sessions'::regclass order by 1",
  );
  expect(rows.map((row) => row.name)).toEqual(["sessions_20261120", "sessions_20261121", "sessions_default"]);
});

it("makes a partition a month where one a day would be too many", async () => {
  const hours: PartitionedTable = { table: "series_hours", column: "at", span: "month", keepHours: 31 * 24 };
  expect(await keepPartitions(db.pool, hours, new Date("2026-11-30T12:00:00Z"))).toEqual({
    made: ["series_hours_202611", "series_hours_202612"],
    dropped: [],
  });
  const january = await keepPartitions(db.pool, hours, new Date("2027-01-01T12:00:00Z"));
  expect(january).toEqual({ made: ["series_hours_202701"], dropped: ["series_hours_202611"] });
});
