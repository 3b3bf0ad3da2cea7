import type { Pool } from "pg";
import type { IssuerState } from "@/lib/access/schemas";

/** What a gateway says of itself, every GATEWAY_BEAT_MS. Counts are since its start. */
export interface GatewayBeat {
  name: string;
  /** How long it has run. */
  upMs: number;
  /** Clients whose newest state is not committed, and the age of the oldest. */
  waiting: number;
  lagMs: number;
  droppedStates: number;
  droppedSessions: number;
  clockOffsetMs: number | null;
  eventLoopLagMs: number;
  issuers: readonly IssuerState[];
}

/**
 * Machine write: a gateway's row. What it had to drop makes the nodes due for a sweep, too. The first beat after a start announces the boot: what the gateway before it held in memory is
 * lost, so the nodes' lists are compared again at once (`sweepNode`). Gives its gateway_id. Safe to repeat.
 */
export async function recordGateway(pool: Pool, beat: GatewayBeat): Promise<number> {
  const { rows } = await pool.query<{ gateway_id: number }>({
    name: "record-gateway",
    text: UPSERT,
    values: valuesOf(beat),
  });
  const [row] = rows;
  if (!row) throw new Error("An upsert returns its row");
  return row.gateway_id;
}

/** Machine write: an orderly stop, so that its silence is no incident. */
export async function recordGatewayStop(pool: Pool, name: string): Promise<void> {
  await pool.query("update gateways set stopped_at = clock_timestamp(), waiting = 0, lag_ms = 0 where name = $1", [
    name,
  ]);
}

// A boot that moves by less than a second is the same one, measured again. Not an insert with a conflict: that would use up a
// smallint identity every two seconds.
const UPSERT = `
with beat as (
  select $1::text as name, clock_timestamp() - $2::float8 * interval '1 millisecond' as booted_at, $3::int as waiting, $4::int as lag_ms,
    $5::bigint as dropped_states, $6::bigint as dropped_sessions, $7::float8 as clock_offset_ms, $8::float8 as event_loop_lag_ms, $9::jsonb as issuers
), known as (
  update gateways g set seen_at = clock_timestamp(), stopped_at = null,
    booted_at = case when abs(extract(epoch from g.booted_at - beat.booted_at)) < 1 then g.booted_at else beat.booted_at end,
    waiting = beat.waiting, lag_ms = beat.lag_ms, dropped_states = beat.dropped_states, dropped_sessions = beat.dropped_sessions,
    clock_offset_ms = beat.clock_offset_ms, event_loop_lag_ms = beat.event_loop_lag_ms, issuers = beat.issuers
  from beat where g.name = beat.name returning g.gateway_id
), dropped as (
  update broker_nodes n set sweep_wanted_at = clock_timestamp(), sweep_reason = 'gateway_dropped'
  from beat join gateways g using (name)
  where n.role = 'subscriber' and beat.dropped_states > g.dropped_states
), made as (
  insert into gateways (name, booted_at, seen_at, waiting, lag_ms, dropped_states, dropped_sessions, clock_offset_ms, event_loop_lag_ms, issuers)
  select name, booted_at, clock_timestamp(), waiting, lag_ms, dropped_states, dropped_sessions, clock_offset_ms, event_loop_lag_ms, issuers
  from beat where not exists (select from known)
  on conflict (name) do update set seen_at = excluded.seen_at returning gateway_id
)
select gateway_id from known union all select gateway_id from made`;

const valuesOf = (beat: GatewayBeat): unknown[] => [
  beat.name,
  beat.upMs,
  beat.waiting,
  Math.round(beat.lagMs),
  beat.droppedStates,
  beat.droppedSessions,
  beat.clockOffsetMs,
  beat.eventLoopLagMs,
  JSON.stringify(beat.issuers),
];
