import { topicRoot } from "@/lib/env/topic-root";
import { PRESENCE_STATES, type PresenceState } from "@/lib/events/schemas";
import { coveringFilters } from "@/lib/mqtt/covering-filters";
import { clientIdOfTopic, groupTopic } from "@/lib/mqtt/device-topics";
import { clientKeyOf } from "@/lib/presence/client-key";
import { EFFECTIVE_STATE, PRESENCE_JOIN } from "@/lib/presence/effective-state";
import { readCounts } from "@/lib/presence/read-counts";
import type { Context } from "@/lib/rbac/context";
import type { Audience } from "./schemas";
import { groupsOf } from "./topic-rules";

interface CountedAudience extends Pick<Audience, "rule" | "may" | "states" | "isComplete"> {
  /** All of them when they are at most `mostListed`, else null. */
  clientIds: string[] | null;
}

/**
 * The clients whose rules let them subscribe to what matches a topic name, by state: the one whose own topic it is, a group's from the
 * counters, or those of people who were granted it. For verbs that have checked a permission.
 */
export async function countAudience(ctx: Context, topicName: string, mostListed: number): Promise<CountedAudience> {
  const root = topicRoot();
  const clientId = clientIdOfTopic(topicName, root);
  if (clientId !== null) return listed(ctx, { rule: "client", isComplete: true, mostListed, clientIds: [clientId] });
  const groups = groupTopic("", root);
  if (topicName.startsWith(groups)) return countGroup(ctx, topicName.slice(groups.length));
  const { filters, isComplete } = coveringFilters(topicName);
  return listed(ctx, { rule: "granted", isComplete, mostListed, filters });
}

async function countGroup(ctx: Context, group: string): Promise<CountedAudience> {
  const { cohorts } = await readCounts(ctx, {});
  const members = cohorts.filter((cohort) => groupsOf({ clientId: "", ...cohort }).includes(group));
  const states = Object.fromEntries(
    PRESENCE_STATES.map((state) => [state, members.reduce((sum, member) => sum + member[state], 0)]),
  ) as Record<PresenceState, number>;
  return { rule: "group", states, may: total(states), isComplete: true, clientIds: null };
}

async function listed(
  ctx: Context,
  of: { rule: Audience["rule"]; isComplete: boolean; mostListed: number } & (
    { clientIds: string[] } | { filters: string[] }
  ),
): Promise<CountedAudience> {
  const [among, values] =
    "clientIds" in of
      ? ["p.client_key = any($1::uuid[])", of.clientIds.map((clientId) => clientKeyOf(clientId))]
      : [
          `c.person_id in (select person_id from grants where topic_filter = any($1::text[]) and action = 'subscribe'
             and (expires_at is null or expires_at > now()))`,
          of.filters,
        ];
  const { rows } = await ctx.db.pool.query<{ state: PresenceState; clients: number; some: string[] }>(
    `select ${EFFECTIVE_STATE} as state, count(*) as clients, (array_agg(c.client_id))[1:${of.mostListed}] as some
     from ${PRESENCE_JOIN} where ${among} group by 1`,
    [values],
  );
  const states: Record<PresenceState, number> = { online: 0, offline_queued: 0, offline_gone: 0, unknown: 0 };
  for (const row of rows) states[row.state] = row.clients;
  const may = total(states);
  const clientIds = may <= of.mostListed ? rows.flatMap((row) => row.some) : null;
  return { rule: of.rule, states, may, isComplete: of.isComplete, clientIds };
}

const total = (states: Record<PresenceState, number>): number =>
  PRESENCE_STATES.reduce((sum, state) => sum + states[state], 0);
