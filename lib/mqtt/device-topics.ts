/** Root of LiveConnect's own topics, where configuration does not say otherwise. */
export const DEFAULT_TOPIC_ROOT = "lc/v1";

/** Topic names of one client, contract 1. */
export const deviceTopics = (clientId: string, root = DEFAULT_TOPIC_ROOT) => ({
  all: `${root}/clients/${clientId}/#`,
  commands: `${root}/clients/${clientId}/commands`,
  events: `${root}/clients/${clientId}/events`,
  inbox: `${root}/clients/${clientId}/inbox`,
});

export const groupTopic = (group: string, root = DEFAULT_TOPIC_ROOT): string => `${root}/groups/${group}`;

/** The filter a publisher takes all devices' events with. */
export const allEventsFilter = (root = DEFAULT_TOPIC_ROOT): string => `${root}/clients/+/events`;

/** The client an LiveConnect topic name belongs to, or null for any other topic name. */
export function clientIdOfTopic(topicName: string, root = DEFAULT_TOPIC_ROOT): string | null {
  const prefix = `${root}/clients/`;
  if (!topicName.startsWith(prefix)) return null;
  return topicName.slice(prefix.length).split("/")[0] || null;
}
