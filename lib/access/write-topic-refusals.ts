import type { Pool } from "pg";
import type { GrantAction } from "./schemas";

/** A topic a client asked for and was refused, as often as it asked since it was last written. */
export interface CountedTopicRefusal {
  clientId: string;
  action: GrantAction;
  topic: string;
  reason: string;
  times: number;
}

// A phone that makes topics up must not fill the table; what it asked for first says enough.
const MOST_OF_A_CLIENT = 200;

/** Machine write: what gateways refused, one row a client, action and topic. */
export async function writeTopicRefusals(pool: Pool, refusals: readonly CountedTopicRefusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const column = <K extends keyof CountedTopicRefusal>(key: K): CountedTopicRefusal[K][] =>
    refusals.map((refusal) => refusal[key]);
  await pool.query(
    `insert into topic_refusals as t (client_id, action, topic, reason, times)
     select r.* from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as r(client_id, action, topic, reason, times)
     where (select count(*) from topic_refusals kept where kept.client_id = r.client_id) < $6 order by 1, 2, 3
     on conflict (client_id, action, topic) do update set
       reason = excluded.reason, last_at = now(), times = t.times + excluded.times`,
    [column("clientId"), column("action"), column("topic"), column("reason"), column("times"), MOST_OF_A_CLIENT],
  );
}
