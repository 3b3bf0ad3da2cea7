import { mkdirSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { keepPartitions, type PartitionedTable } from "@/lib/cluster/keep-partitions";
import { recordMetricNames } from "@/lib/cluster/record-samples";
import { SERIES_METRICS } from "@/lib/cluster/schemas";
import { openDatabase, type Database } from "@/lib/db/database";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, startEmbeddedPostgres } from "@/stack/postgres/embedded-postgres";

/** The end of the stored year: a fixed one, so that the data made once serves every later run. */
export const YEAR_END = new Date("2026-11-01T00:00:00Z");
export const NODES = 20;

const DAY_SECONDS = 86_400;
/** What is made: how far back, and how far apart, as the worker keeps it by default. */
const LEVELS = [
  { table: "series_samples", span: "day", stepSeconds: 5, days: 2 },
  { table: "series_minutes", span: "day", stepSeconds: 60, days: 30 },
  { table: "series_hours", span: "month", stepSeconds: 3_600, days: 365 },
] as const;

/** A database with a year of series of twenty nodes, made by SQL at the first run (about a minute) and kept in `.data/bench`. */
export async function openStoredYear(): Promise<{ db: Database; close: () => Promise<void> }> {
  const folder = path.resolve(".data/bench/series");
  mkdirSync(folder, { recursive: true });
  const server = await startEmbeddedPostgres({
    folder: path.join(folder, "postgres"),
    port: await freePort(),
    user: "liveconnect",
    password: "bench-only",
    logFile: path.join(folder, "postgres.log"),
  });
  try {
    await ensureDatabase(server, "series");
    const url = server.urlOf("series");
    await migrate({ url });
    const db = openDatabase({ url, connections: 4, applicationName: "liveconnect-bench" });
    await fill(db.pool);
    return {
      db,
      close: async () => {
        await db.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function fill(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ nodes: number }>("select count(*)::int as nodes from broker_nodes");
  if (rows[0]?.nodes === NODES) return;
  const client = await pool.connect();
  try {
    await client.query("set statement_timeout = 0");
    await client.query("truncate broker_nodes, series_samples, series_minutes, series_hours, series_due");
    await recordMetricNames(pool);
    for (const level of LEVELS) {
      const began = performance.now();
      const beginMs = YEAR_END.getTime() - level.days * DAY_SECONDS * 1_000;
      const partitions: PartitionedTable = {
        table: level.table,
        column: "at",
        span: level.span,
        keepHours: 24 * 1_000,
      };
      for (let ms = beginMs; ms <= YEAR_END.getTime(); ms += DAY_SECONDS * 1_000)
        await keepPartitions(pool, partitions, new Date(ms));
      await client.query(level.stepSeconds === 5 ? SAMPLES : rollupsInto(level.table), [
        new Date(beginMs),
        YEAR_END,
        level.stepSeconds,
      ]);
      await client.query(`vacuum (analyze) ${level.table}`);
      console.log(
        `  made ${level.days} days of ${level.table} in ${Math.round((performance.now() - began) / 1_000)} s`,
      );
    }
    // Last, so that a run that was stopped halfway begins anew.
    await client.query(
      `insert into broker_nodes (node_id, name, role, state, evidence) overriding system value
       select i, 'node-' || lpad(i::text, 2, '0'), 'subscriber', 'up', 'answers' from generate_series(1, ${NODES}) i`,
    );
  } finally {
    client.release();
  }
}

/** Values of row `x` of node `n` at second `s`: each metric its own curve, counters rising, gauges swinging. */
const values = `array[${SERIES_METRICS.map(({ kind }, place) =>
  kind === "counter"
    ? `s * ${place + 1}.5 + n * 1000`
    : `${(place + 1) * 1_000} + n * 10 + 500 * sin(s / ${3_600 + place * 60}.0)`,
).join(", ")}]`;

const MOMENTS = `generate_series(1, ${NODES}) n, generate_series($1::timestamptz, $2::timestamptz - interval '1 second', make_interval(secs => $3)) at,
  lateral (select extract(epoch from at - $1)::float8 as s) e`;

// By time, as they come.
const SAMPLES = `insert into series_samples (node_id, at, "values")
  select n, at, ${values}::float8[] from ${MOMENTS} order by at, n`;

const rollupsInto = (table: string): string => `insert into ${table} (node_id, at, samples, seconds, average, low, high)
  select n, at, $3::int / 5, $3::int, v, v, v from ${MOMENTS}, lateral (select ${values}::real[] as v offset 0) x order by at, n`;
