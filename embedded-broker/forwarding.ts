import type { Aedes, Client } from "aedes";
import type { Qos } from "@/lib/mqtt/qos";
import { filterMatchesName } from "@/lib/mqtt/topics";
import { interceptDeliveries, type DeliveredPacket } from "./aedes-internals";
import type { ClusterLinks } from "./cluster-links";
import type { Connection } from "./connection";
import { delivering, waiting } from "./hook-bodies";
import { LinkBuffer } from "./link-buffer";
import type { NodeMetrics } from "./metrics";
import type { StoredSubscription } from "./aedes-store";
import type { QueuedPacket, SessionStore } from "./session-store";
import type { Session, Sessions } from "./sessions";
import type { Webhooks } from "./webhooks";

export interface ForwardingParts {
  links: ClusterLinks;
  sessions: Sessions;
  store: SessionStore;
  connectionOf: (client: Client) => Connection | null;
  metricsOf: (nodeName: string) => NodeMetrics | null;
  webhooksOf: (nodeName: string) => Webhooks | null;
}

/** The way of a message to its receivers: between nodes, past on_deliver, and into queues of those who are offline. */
export interface Forwarding {
  /** For Aedes: what a client gets of a message now, or null. */
  authorizeForward: Aedes["authorizeForward"];
  /** For the store: may a message go into this client's queue now? If not, it waits on the link. */
  arrives: (clientId: string, packet: QueuedPacket) => boolean;
  /** Tells on_offline_message, and waits for nothing. */
  tellOffline: (subscription: StoredSubscription, packet: DeliveredPacket) => void;
  /** Lets on_deliver see, and change, what this connection gets. */
  watchDeliveries: (connection: Connection) => void;
  /** For the store: the same for messages of the queue; null when nobody asks. */
  delivering: (clientId: string) => ((packet: QueuedPacket) => Promise<QueuedPacket>) | null;
  /** A node can be reached again: what waited for it is delivered. */
  resume: (from: string, to: string) => void;
  /** A node ended: what it held for others is lost. */
  forget: (node: string) => void;
}

export function createForwarding(parts: ForwardingParts): Forwarding {
  const { links, sessions, connectionOf, metricsOf, webhooksOf } = parts;
  const buffer = new LinkBuffer();

  const keepOnLink = (from: string, to: string, packet: DeliveredPacket, deliver: () => void): void => {
    const bytes = packet.payload.length + packet.topic.length;
    if (!buffer.keep({ from, to }, { bytes, deliver })) metricsOf(from)?.add("cluster_bytes_dropped", bytes);
  };
  // Under a new number, as Aedes takes what has an older one than the last for a repetition.
  const again = (packet: DeliveredPacket): DeliveredPacket => ({
    ...packet,
    brokerId: undefined,
    messageId: undefined,
  });

  const isHere = ({ brokerId: origin }: DeliveredPacket, node: string): boolean =>
    origin === undefined || !metricsOf(origin) || links.reaches(origin, node);

  const countWay = (from: string, to: string, packet: DeliveredPacket): void => {
    if (from === to) return metricsOf(from)?.add("router_matches_local");
    const bytes = packet.payload.length + packet.topic.length;
    metricsOf(from)?.add("router_matches_remote");
    metricsOf(from)?.add("cluster_bytes_sent", bytes);
    metricsOf(to)?.add("cluster_bytes_received", bytes);
  };

  const throughHook = async <P extends DeliveredPacket>(session: Session, packet: P): Promise<P> => {
    const verdict = await webhooksOf(session.nodeName)?.tell("on_deliver", delivering(session, packet));
    if (verdict?.status !== "ok") return packet;
    const { topic, payload } = verdict.modifiers;
    return {
      ...packet,
      topic: typeof topic === "string" ? topic : packet.topic,
      payload: typeof payload === "string" ? Buffer.from(payload, "base64") : packet.payload,
    };
  };

  return {
    authorizeForward: (client, packet) => {
      // Aedes's own messages, which name clients. VerneMQ publishes none by default.
      if (packet.topic.startsWith("$SYS/")) return null;
      const connection = connectionOf(client);
      const session = connection?.session;
      if (!session) return null;
      const { metrics, name } = connection.home;
      // With a packet identifier it comes from the queue, where it was counted in, and is on this node.
      const isQueued = packet.messageId !== undefined;
      const origin = packet.brokerId;
      if (!isQueued && origin !== undefined && metricsOf(origin)) {
        if (!links.reaches(origin, name)) {
          const isKept = packet.qos > 0 && !client.clean;
          if (!isKept) keepOnLink(origin, name, packet, () => client.publish(again(packet), () => {}));
          return null;
        }
        countWay(origin, name, packet);
      }
      metrics.addVersioned("mqtt_publish_sent", session.protocolVersion);
      metrics.add("queue_message_out");
      if (!isQueued) metrics.add("queue_message_in");
      return isQueued ? packet : { ...packet, qos: grantedQos(session.subscriptions, packet) };
    },

    arrives: (clientId, packet) => {
      const session = sessions.find(clientId);
      const origin = packet.brokerId;
      if (packet.cmd !== "publish" || !session || origin === undefined) return true;
      if (links.reaches(origin, session.nodeName) || !webhooksOf(origin)) return true;
      keepOnLink(origin, session.nodeName, packet, () => {
        const receiver = sessions.find(clientId);
        if (receiver?.online) receiver.holder?.deliver(again(packet));
        else parts.store.enqueue({ clientId, topic: packet.topic, qos: packet.qos }, again(packet) as QueuedPacket);
      });
      return false;
    },

    tellOffline: ({ clientId, qos }, packet) => {
      const session = sessions.find(clientId);
      const webhooks = session && webhooksOf(session.nodeName);
      if (session && webhooks) void webhooks.tell("on_offline_message", waiting(session, { ...packet, qos }));
    },

    watchDeliveries: (connection) => {
      if (!connection.home.webhooks.has("on_deliver")) return;
      interceptDeliveries(connection.client, (packet) => {
        const { session } = connection;
        if (packet.topic.startsWith("$SYS/") || !session || !isHere(packet, connection.home.name)) return null;
        // Recorded: the hook is told the subscription's QoS, also for a message of QoS 0.
        const qos = subscribedQos(session.subscriptions, packet.topic) ?? packet.qos;
        return throughHook(session, { ...packet, qos }).then((changed) => ({ ...changed, qos: packet.qos }));
      });
    },

    delivering: (clientId) => {
      const session = sessions.find(clientId);
      if (!session || !webhooksOf(session.nodeName)?.has("on_deliver")) return null;
      return async (packet) => (packet.cmd === "publish" ? throughHook(session, packet) : packet);
    },

    resume: (from, to) => buffer.flush({ from, to }),
    forget: (node) => buffer.forget(node),
  };
}

/** [MQTT-3.8.4-6]: Aedes lowers the QoS only where the topic filter is the topic name. */
function grantedQos(subscriptions: ReadonlyMap<string, Qos>, packet: { topic: string; qos: Qos }): Qos {
  if (packet.qos === 0) return 0;
  // None: a SUBSCRIBE that Aedes has in effect and has not reported yet.
  const granted = subscribedQos(subscriptions, packet.topic) ?? packet.qos;
  return granted < packet.qos ? granted : packet.qos;
}

function subscribedQos(subscriptions: ReadonlyMap<string, Qos>, topicName: string): Qos | null {
  let highest: Qos | null = null;
  for (const [topicFilter, qos] of subscriptions)
    if ((highest === null || qos > highest) && filterMatchesName(topicFilter, topicName)) highest = qos;
  return highest;
}
