import { deviceTopics, groupTopic } from "@/lib/mqtt/device-topics";
import { filterCoversFilter, topicFilterProblem, topicNameProblem } from "@/lib/mqtt/topics";
import type { GrantAction } from "./schemas";

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

/** May this client subscribe with this topic filter? Its own topics, its groups, and what its person was granted. */
export function maySubscribe(
  ask: { asker: TopicAsker; topicFilter: string; grants: readonly Grant[]; nowMs: number },
  root: string,
): boolean {
  if (topicFilterProblem(ask.topicFilter) !== null) return false;
  const own = [
    deviceTopics(ask.asker.clientId, root).all,
    ...groupsOf(ask.asker).map((group) => groupTopic(group, root)),
  ];
  return [...own, ...grantedFilters(ask, "subscribe")].some((rule) => filterCoversFilter(rule, ask.topicFilter));
}

/** May this client publish to this topic name? Its own events, and what its person was granted. */
export function mayPublish(
  ask: { asker: TopicAsker; topicName: string; grants: readonly Grant[]; nowMs: number },
  root: string,
): boolean {
  if (topicNameProblem(ask.topicName) !== null) return false;
  const own = deviceTopics(ask.asker.clientId, root).events;
  return (
    ask.topicName === own || grantedFilters(ask, "publish").some((rule) => filterCoversFilter(rule, ask.topicName))
  );
}

const grantedFilters = (ask: { grants: readonly Grant[]; nowMs: number }, action: GrantAction): string[] =>
  ask.grants
    .filter((grant) => grant.action === action && (grant.expiresAtMs === null || grant.expiresAtMs > ask.nowMs))
    .map((grant) => grant.topicFilter);
