import type { Pool } from "pg";
import type { SendState } from "./schemas";

/** What became of a send since it was last looked at. */
export interface SettledSend {
  id: string;
  state: SendState;
}

/**
 * Machine write: counts what became of the messages of sends under way, adds `busyMs` to the time of those that run, and finishes those that
 * are walked and have nothing on its way. Gives the ones that came further.
 */
export async function settleSends(pool: Pool, busyMs: number): Promise<SettledSend[]> {
  const { rows } = await pool.query<SettledSend & { changed: boolean }>({
    name: "sends-settle",
    text: `with counted as (
             select s.id, s.handed, s.waiting, s.state, c.* from sends s cross join lateral (
               select count(*) filter (where m.state = 'accepted')::int as now_waiting,
                 count(*) filter (where m.state = 'failed')::int as now_failed, count(*) filter (where m.state = 'expired')::int as now_expired
               -- the acknowledged are most of them, and the rest of what was handed
               from messages m where m.send_id = s.id and m.state in ('accepted', 'failed', 'expired')) c
             where s.state in ('running', 'paused') or s.waiting > 0
           )
           update sends s set waiting = now_waiting, failed = now_failed, expired = now_expired,
             busy_ms = s.busy_ms + case when s.state = 'running' then $1 else 0 end,
             state = case when s.state = 'running' and s.walked and now_waiting = 0 then 'finished' else s.state end,
             ended_at = case when s.state = 'running' and s.walked and now_waiting = 0 then now() else s.ended_at end
           from counted where counted.id = s.id
           returning s.id, s.state, s.state <> counted.state or s.waiting <> counted.waiting or s.state = 'running' as changed`,
    values: [Math.round(busyMs)],
  });
  return rows.filter(({ changed }) => changed).map(({ id, state }) => ({ id, state }));
}

/** Machine write: ends the wait of sends that nobody approved in time, with an audit row each; gives them. */
export async function lapseSends(pool: Pool): Promise<SettledSend[]> {
  const { rows } = await pool.query<SettledSend>({
    name: "sends-lapse",
    text: `with lapsed as (
             update sends set state = 'lapsed', ended_at = now() where state = 'needs_approval' and approve_by <= now()
             returning id, state, expected, actor_name
           ), audited as (
             insert into audit_events (at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, details, request_id)
             select now(), 'process', 'publisher', 'publisher', 'publish.lapseSend', 'send', id::text,
               jsonb_build_object('clients', expected, 'madeBy', actor_name), gen_random_uuid()::text from lapsed
           )
           select id, state from lapsed`,
  });
  return rows;
}

/** Tells everyone that sends came further. */
export async function tellSends(pool: Pool, sends: readonly SettledSend[]): Promise<void> {
  if (sends.length === 0) return;
  await pool.query({
    name: "sends-tell",
    text: `select pg_notify('publish', json_build_object('type', 'publish.sendChanged', 'sendId', id, 'state', state)::text)
           from json_to_recordset($1::json) as s (id text, state text)`,
    values: [JSON.stringify(sends)],
  });
}

/** How many clients the sends that run have still to reach, as counted when they were made. */
export async function sendsLeft(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ clients: number }>(
    `select coalesce(sum(greatest(0, expected - handed - skipped)), 0)::int8 as clients from sends where state = 'running' and not walked`,
  );
  return rows[0]?.clients ?? 0;
}
