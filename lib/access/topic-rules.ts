import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";
import { filterCoversFilter, topicFilterProblem, topicNameProblem } from "@/lib/mqtt/topics";
import type { GrantAction, RuleDecision } from "./schemas";

/** What is known of a connected client when it asks to subscribe or publish. */
export interface TopicAsker {
  clientId: string;
  platform: string | null;
  appVersion: string | null;
}

export interface Grant {
  topicFilter: string;
  action: GrantAction;
  /** Milliseconds since the epoch; null: until it is taken back. */
  expiresAtMs: number | null;
}

/** Groups a client may join: its platform, and its app version by major.minor. */
export function groupsOf(asker: TopicAsker): string[] {
  const version = /^\d+\.\d+/.exec(asker.appVersion ?? "")?.[0];
  return [...(asker.platform ? [asker.platform] : []), ...(version ? [`app-${version}`] : [])];
}

interface Ask {
  asker: TopicAsker;
  grants: readonly Grant[];
  nowMs: number;
}

/** May this client subscribe with this topic filter? Its own topics, its groups, and what its person was granted. */
export function maySubscribe(ask: Ask & { topicFilter: string }, root: string): boolean {
  return isAllowed(decideSubscribe(ask, root));
}

/** May this client publish to this topic name? Its own events, and what its person was granted. */
export function mayPublish(ask: Ask & { topicName: string }, root: string): boolean {
  return isAllowed(decidePublish(ask, root));
}

/** Does the decision let the client have the topic? */
export const isAllowed = ({ rule }: RuleDecision): boolean => rule === "own" || rule === "group" || rule === "grant";

/** Which rule or grant lets the client subscribe with a topic filter, or why none does. */
export function decideSubscribe({ topicFilter, ...ask }: Ask & { topicFilter: string }, root: string): RuleDecision {
  const problem = topicFilterProblem(topicFilter);
  if (problem !== null) return { rule: "malformed", problem };
  const own = deviceTopics(ask.asker.clientId, root).all;
  if (filterCoversFilter(own, topicFilter)) return { rule: "own", topicFilter: own };
  const group = groupsOf(ask.asker)
    .map((one) => groupTopic(one, root))
    .find((one) => filterCoversFilter(one, topicFilter));
  return group === undefined
    ? decideByGrant(ask, { action: "subscribe", topic: topicFilter, root })
    : { rule: "group", topicFilter: group };
}

/** The same of publishing to a topic name. */
export function decidePublish({ topicName, ...ask }: Ask & { topicName: string }, root: string): RuleDecision {
  const problem = topicNameProblem(topicName);
  if (problem !== null) return { rule: "malformed", problem };
  const own = deviceTopics(ask.asker.clientId, root).events;
  return topicName === own
    ? { rule: "own", topicFilter: own }
    : decideByGrant(ask, { action: "publish", topic: topicName, root });
}

function decideByGrant(
  { grants, nowMs }: Ask,
  { action, topic, root }: { action: GrantAction; topic: string; root: string },
): RuleDecision {
  let nearest: Grant | null = null;
  for (const grant of grants) {
    if (!filterCoversFilter(grant.topicFilter, topic)) continue;
    const isOver = grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs;
    if (grant.action === action && !isOver)
      return { rule: "grant", topicFilter: grant.topicFilter, expiresAt: endOf(grant) };
    // Of those that do not help, the one for this action says more.
    if (nearest?.action !== action) nearest = grant;
  }
  if (nearest)
    return { rule: nearest.action === action ? "grant_over" : "other_action", topicFilter: nearest.topicFilter };
  return othersOf(topic, root) ?? { rule: "not_granted" };
}

const endOf = ({ expiresAtMs }: Grant): string | null =>
  expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();

/** Whose topic of ours it is; null for one that is not ours. */
function othersOf(topic: string, root: string): RuleDecision | null {
  if (!topic.startsWith(`${root}/`)) return null;
  const [kind, name = ""] = topic.slice(root.length + 1).split("/");
  if (kind === "clients") return { rule: "other_client", otherClientId: name };
  return kind === "groups" ? { rule: "other_group", group: name } : null;
}
