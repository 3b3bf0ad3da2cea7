import type { Pool } from "pg";

/** A minute in which far more sessions ended than usual, on one node or (node null) everywhere together. */
export interface EndingWave {
  node: string | null;
  minuteMs: number;
  endings: number;
  /** In a usual minute of the hour before. */
  usual: number;
}

// Fewer endings than this are people's doing even when they are many for a quiet hour. Both are guesses to revisit.
const LEAST_ENDINGS = 20;
const TIMES_USUAL = 5;
// Less is not enough to call anything usual, and so nothing unusual: a lively fleet whose worker just began would be told it had a problem.
const LEAST_MINUTES = 10;

/** Is this many endings in a minute a wave, beside those of the minutes before? `before` may be in any order. */
export function isWave(endings: number, before: readonly number[]): { wave: boolean; usual: number } {
  const sorted = before.toSorted((a, b) => a - b);
  if (sorted.length < LEAST_MINUTES) return { wave: false, usual: 0 };
  const usual = sorted[sorted.length >> 1] ?? 0;
  return { wave: endings >= Math.max(LEAST_ENDINGS, usual * TIMES_USUAL), usual };
}

const MINUTE_MS = 60_000;
const HOUR_OF_MINUTES = 60;

// Endings written a little late (a slow hook, a batch that waited) are counted by counting again.
const COUNTED_AGAIN = 3;

const COUNT = `
insert into ending_minutes (minute, node_id, endings)
select m.minute, n.node_id, count(s.client_key)
from generate_series($1::timestamptz, $2::timestamptz - interval '1 minute', interval '1 minute') m (minute)
cross join broker_nodes n
left join sessions s on s.node_id = n.node_id and s.ended_at >= m.minute and s.ended_at < m.minute + interval '1 minute'
  and s.ended_at >= $1 and s.ended_at < $2
where n.role = 'subscriber'
group by m.minute, n.node_id
on conflict (minute, node_id) do update set endings = excluded.endings where ending_minutes.endings <> excluded.endings`;

const RECENT = `
select extract(epoch from minute)::float8 * 1000 as "minuteMs", node_id as "nodeId", endings from ending_minutes
where minute >= $1 and minute < $2 order by minute`;

/**
 * Machine write by the clock: counts the endings of the last whole minutes by node and writes down which of them are waves. Safe to
 * repeat, and from several processes. Returns how many waves the counted minutes hold.
 */
export async function countEndings(pool: Pool, now: Date): Promise<number> {
  const untilMs = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  const fromMs = untilMs - COUNTED_AGAIN * MINUTE_MS;
  await pool.query(COUNT, [new Date(fromMs), new Date(untilMs)]);
  const { rows } = await pool.query<{ minuteMs: number; nodeId: number; endings: number }>(RECENT, [
    new Date(fromMs - HOUR_OF_MINUTES * MINUTE_MS),
    new Date(untilMs),
  ]);
  const everywhere = new Map<number, number>();
  for (const row of rows) everywhere.set(row.minuteMs, (everywhere.get(row.minuteMs) ?? 0) + row.endings);
  const series: [nodeId: number | null, minutes: Map<number, number>][] = [
    [null, everywhere],
    ...[...new Set(rows.map((row) => row.nodeId))].map((nodeId): [number, Map<number, number>] => [
      nodeId,
      new Map(rows.filter((row) => row.nodeId === nodeId).map((row) => [row.minuteMs, row.endings])),
    ]),
  ];
  const waves = series.flatMap(([nodeId, minutes]) => wavesOf(nodeId, minutes, fromMs));
  await writeWaves(pool, waves);
  // Only the hour before is ever compared.
  await pool.query("delete from ending_minutes where minute < $1", [
    new Date(untilMs - 2 * HOUR_OF_MINUTES * MINUTE_MS),
  ]);
  return waves.length;
}

interface FoundWave {
  nodeId: number | null;
  minuteMs: number;
  endings: number;
  usual: number;
}

function wavesOf(nodeId: number | null, minutes: ReadonlyMap<number, number>, fromMs: number): FoundWave[] {
  return [...minutes].flatMap(([minuteMs, endings]) => {
    if (minuteMs < fromMs) return [];
    const hourBefore = [...minutes].filter(([at]) => at < minuteMs && at >= minuteMs - HOUR_OF_MINUTES * MINUTE_MS);
    const { wave, usual } = isWave(
      endings,
      hourBefore.map(([, count]) => count),
    );
    return wave ? [{ nodeId, minuteMs, endings, usual }] : [];
  });
}

async function writeWaves(pool: Pool, waves: readonly FoundWave[]): Promise<void> {
  if (waves.length === 0) return;
  await pool.query(
    `insert into ending_waves as w (minute, node_id, endings, usual)
     select to_timestamp(minute_ms / 1000.0), node_id, endings, usual
     from unnest($1::float8[], $2::smallint[], $3::int[], $4::real[]) as t (minute_ms, node_id, endings, usual)
     on conflict (minute, node_id) do update set endings = excluded.endings, usual = excluded.usual
       where w.endings <> excluded.endings`,
    [
      waves.map((wave) => wave.minuteMs),
      waves.map((wave) => wave.nodeId),
      waves.map((wave) => wave.endings),
      waves.map((wave) => wave.usual),
    ],
  );
}

/** The waves in a span, at most a thousand of the latest. */
export async function readWaves(pool: Pool, { fromMs, toMs }: { fromMs: number; toMs: number }): Promise<EndingWave[]> {
  const { rows } = await pool.query<EndingWave>(
    `select n.name as node, extract(epoch from w.minute)::float8 * 1000 as "minuteMs", w.endings, w.usual
     from ending_waves w left join broker_nodes n using (node_id)
     where w.minute >= $1 and w.minute <= $2 order by w.minute desc limit 1000`,
    [new Date(fromMs - MINUTE_MS), new Date(toMs)],
  );
  return rows;
}
