import { canBeKept } from "@/lib/format/kept-text";
import { clientIdOfTopic, deviceTopics } from "./device-topics";

/** Why nobody may publish to a topic name; each edge has its own words for it. */
export type TopicNameFault = "empty" | "wildcard" | "malformed" | "broker" | "events";

/**
 * Why no operator and no service may publish to `topicName`, or null when they may. Beside the rules of MQTT: names under
 * `$` are the broker's own, and a device's events topic is the device's. Without zod, so that a form can ask at each key.
 */
export function topicNameFault(topicName: string, root?: string): TopicNameFault | null {
  if (topicName === "") return "empty"; // [MQTT-4.7.3-1]
  if (/[+#]/.test(topicName)) return "wildcard"; // [MQTT-3.3.2-2]
  // [MQTT-4.7.3-2], [MQTT-1.5.4-1], [MQTT-4.7.3-3]
  if (!canBeKept(topicName) || new TextEncoder().encode(topicName).length > 65_535) return "malformed";
  if (topicName.startsWith("$")) return "broker";
  const clientId = clientIdOfTopic(topicName, root);
  return clientId !== null && topicName === deviceTopics(clientId, root).events ? "events" : null;
}
