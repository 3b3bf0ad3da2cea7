import { randomBytes } from "node:crypto";
import type { Aedes } from "aedes";
import type { IPublishPacket, ISubscribePacket, IUnsubscribePacket, Packet } from "mqtt-packet";
import { z } from "zod";
import { topicFilterProblem, topicNameProblem } from "@/lib/mqtt/topics";
import type { ClusterLinks } from "./cluster-links";
import type { Connection } from "./connection";
import { publishing, subscribing, unsubscribing } from "./hook-bodies";
import type { NetsplitRules } from "./netsplit-rules";
import type { PacketHandler } from "./packet-gate";
import type { Session } from "./sessions";

// SUBACK's failure code of 3.1.1, and what a hook's answer denies one topic with.
const DENIED = 128;

/** What a hook may change of a publish. A changed `qos` is only told: Aedes would acknowledge by it. */
const publishModifiers = z.strictObject({
  topic: z.string().refine((topic) => topicNameProblem(topic) === null),
  payload: z.base64(),
  qos: z.literal([0, 1, 2]),
  retain: z.boolean(),
});

type Pass = () => void;

export interface PacketParts {
  aedes: Aedes;
  links: ClusterLinks;
  rules: NetsplitRules;
  /** Tells whom a message of QoS 0 finds offline; Aedes looks for them only for the others. */
  tellOffline: (packet: IPublishPacket) => Promise<void>;
}

/**
 * Handles a connection's packets: waits for the node's pace, counts them, asks and tells their hooks, and hands to Aedes what is
 * allowed.
 */
export function createPacketHandler(parts: PacketParts, connection: Connection): PacketHandler {
  const handle = handlerOf(parts, connection);
  return (packet, pass) => {
    connection.noteActivity();
    const wait = connection.home.pace.wait();
    return wait ? wait.then(() => handle(packet, pass)) : handle(packet, pass);
  };
}

function handlerOf(parts: PacketParts, connection: Connection): PacketHandler {
  const { metrics } = connection.home;
  return (packet, pass) => {
    const { session } = connection;
    if (packet.cmd === "connect") return connect(connection, packet, pass);
    if (!session) return void pass(); // [MQTT-3.1.0-1]: Aedes closes it
    switch (packet.cmd) {
      case "publish":
        return publish(parts, connection, session, packet, pass);
      case "subscribe":
        return subscribe(parts, connection, session, packet, pass);
      case "unsubscribe":
        return unsubscribe(parts, connection, session, packet, pass);
      case "disconnect":
        connection.saidGoodbye = true;
        metrics.addVersioned("mqtt_disconnect_received", session.protocolVersion);
        return void pass();
      default:
        count(metrics, packet, session.protocolVersion);
        return void pass();
    }
  };
}

/** Packets Aedes answers by itself, one for one. */
function count(metrics: Connection["home"]["metrics"], packet: Packet, version: number): void {
  switch (packet.cmd) {
    case "puback":
      return metrics.addVersioned("mqtt_puback_received", version);
    case "pubrec":
      metrics.addVersioned("mqtt_pubrec_received", version);
      return metrics.addVersioned("mqtt_pubrel_sent", version);
    case "pubrel":
      metrics.addVersioned("mqtt_pubrel_received", version);
      return metrics.addVersioned("mqtt_pubcomp_sent", version);
    case "pubcomp":
      return metrics.addVersioned("mqtt_pubcomp_received", version);
    case "pingreq":
      metrics.addVersioned("mqtt_pingreq_received", version);
      return metrics.addVersioned("mqtt_pingresp_sent", version);
    default:
      return undefined;
  }
}

function connect(connection: Connection, packet: Packet & { cmd: "connect" }, pass: Pass): Promise<void> | undefined {
  if (connection.connectPacket) return void pass(); // [MQTT-3.1.0-2]: Aedes closes it
  connection.home.metrics.addVersioned("mqtt_connect_received", packet.protocolVersion ?? 4);
  // VerneMQ names a clean session that has no identifier "anon-" and 27 characters.
  if (packet.clientId === "" && packet.clean) packet.clientId = `anon-${randomBytes(20).toString("base64url")}`;
  connection.connectPacket = packet;
  pass();
  return connection.answered;
}

async function publish(
  { aedes, links, rules, tellOffline }: PacketParts,
  connection: Connection,
  session: Session,
  packet: IPublishPacket,
  pass: Pass,
): Promise<void> {
  const { client, home } = connection;
  home.metrics.addVersioned("mqtt_publish_received", session.protocolVersion);
  if (topicNameProblem(packet.topic) !== null) return pass(); // Aedes closes it, and no hook is asked
  if (connection.maxMessageBytes > 0 && packet.payload.length > connection.maxMessageBytes) {
    home.metrics.addVersioned("mqtt_invalid_msg_size_error", session.protocolVersion);
    return connection.drop();
  }
  const verdict = await home.webhooks.ask("auth_on_publish", publishing(session, packet));
  const modifiers = verdict.status === "ok" ? publishModifiers.partial().safeParse(verdict.modifiers) : null;
  if (!modifiers?.success) {
    // 3.1.1 has no other way to say no.
    home.metrics.addVersioned("mqtt_publish_auth_error", session.protocolVersion);
    return connection.drop();
  }
  // No PUBACK, no PUBREC: the client sends it again when it comes back.
  if (!rules.publish && !links.isWhole(home.name))
    return home.metrics.addVersioned("mqtt_publish_error", session.protocolVersion);
  const { topic = packet.topic, retain = packet.retain, payload } = modifiers.data;
  Object.assign(packet, {
    topic,
    retain,
    payload: payload === undefined ? packet.payload : Buffer.from(payload, "base64"),
  });
  await home.webhooks.tell("on_publish", publishing(session, { ...packet, qos: modifiers.data.qos ?? packet.qos }));
  // Aedes's name for where a message comes from.
  Object.assign(packet, { brokerId: home.name });
  if (packet.qos === 0) await tellOffline(packet);
  // It was received and allowed: that the client left meanwhile does not take it back.
  if (client.closed) return aedes.publish({ ...packet, cmd: "publish" }, () => {});
  if (packet.qos === 1) home.metrics.addVersioned("mqtt_puback_sent", session.protocolVersion);
  if (packet.qos === 2) home.metrics.addVersioned("mqtt_pubrec_sent", session.protocolVersion);
  pass();
}

/** Topics are asked in reverse order of the packet, and the answer is positional in that order. */
async function subscribe(
  { links, rules }: PacketParts,
  connection: Connection,
  session: Session,
  packet: ISubscribePacket,
  pass: Pass,
): Promise<void> {
  const { home } = connection;
  home.metrics.addVersioned("mqtt_subscribe_received", session.protocolVersion);
  if (packet.subscriptions.some(({ topic }) => topicFilterProblem(topic) !== null)) return pass(); // Aedes closes it
  const asked = packet.subscriptions.toReversed();
  const verdict = await home.webhooks.ask("auth_on_subscribe", subscribing(session, asked));
  if (verdict.status === "malformed") return connection.drop();
  const isSplit = !rules.subscribe && !links.isWhole(home.name);
  if (verdict.status === "ok" && !isSplit) {
    for (const [index, { topic, qos }] of verdict.topics.entries()) Object.assign(asked[index] ?? {}, { topic, qos });
    await home.webhooks.tell("on_subscribe", subscribing(session, asked));
  } else {
    const why = verdict.status === "ok" ? "mqtt_subscribe_error" : "mqtt_subscribe_auth_error";
    home.metrics.addVersioned(why, session.protocolVersion);
    for (const subscription of asked) Object.assign(subscription, { qos: DENIED });
  }
  home.metrics.addVersioned("mqtt_suback_sent", session.protocolVersion);
  pass();
}

async function unsubscribe(
  { links, rules }: PacketParts,
  { home }: Connection,
  session: Session,
  packet: IUnsubscribePacket,
  pass: Pass,
): Promise<void> {
  home.metrics.addVersioned("mqtt_unsubscribe_received", session.protocolVersion);
  await home.webhooks.tell("on_unsubscribe", unsubscribing(session, packet.unsubscriptions));
  if (!rules.unsubscribe && !links.isWhole(home.name))
    return home.metrics.addVersioned("mqtt_unsubscribe_error", session.protocolVersion);
  home.metrics.addVersioned("mqtt_unsuback_sent", session.protocolVersion);
  pass();
}
