import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { GATEWAY_LOST_SECONDS } from "./terms";

/** One gateway as it last said of itself. Instants are ISO strings in UTC; drops are since its start. */
export interface GatewayState {
  name: string;
  /** `lost`: it said nothing for five beats and did not stop in order: killed, cut off from the database, or the database was away. */
  state: "running" | "stopped" | "lost";
  bootedAt: string;
  seenAt: string;
  /** Clients whose newest state was not committed, and the age of the oldest. */
  waiting: number;
  lagMs: number;
  droppedStates: number;
  droppedSessions: number;
  clockOffsetMs: number | null;
  eventLoopLagMs: number;
}

interface Row {
  name: string;
  state: GatewayState["state"];
  booted_at: Date;
  seen_at: Date;
  waiting: number;
  lag_ms: number;
  dropped_states: number;
  dropped_sessions: number;
  clock_offset_ms: number | null;
  event_loop_lag_ms: number;
}

/** The gateways that ran in the last day, by name; at most 64. */
export const listGateways = readVerb({
  permission: "cluster.read",
  input: z.object({}),
  work: async (ctx): Promise<GatewayState[]> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select *, case when stopped_at is not null then 'stopped'
         when seen_at < now() - make_interval(secs => $1) then 'lost' else 'running' end as state
       from gateways where seen_at > now() - interval '1 day' order by name limit 64`,
      [GATEWAY_LOST_SECONDS],
    );
    return rows.map((row) => ({
      name: row.name,
      state: row.state,
      bootedAt: row.booted_at.toISOString(),
      seenAt: row.seen_at.toISOString(),
      waiting: row.waiting,
      lagMs: row.lag_ms,
      droppedStates: row.dropped_states,
      droppedSessions: row.dropped_sessions,
      clockOffsetMs: row.clock_offset_ms,
      eventLoopLagMs: row.event_loop_lag_ms,
    }));
  },
});
