import mqtt, { type IClientPublishOptions } from "mqtt";
import type { Log } from "@/lib/log/log";
import type { PacketsSeen } from "@/lib/publish/message-sender";
import type { OutboxMessage } from "@/lib/publish/outbox-rows";
import { RefusedByBroker } from "@/lib/publish/refused-by-broker";
import type { PublisherNode, ServiceSession } from "../env";
import { spreadReconnects } from "./reconnect-wait";

export interface NodeConnection {
  node: string;
  /** Its name at the broker, different for each connection and the same after a restart. */
  clientId: string;
  isUp: () => boolean;
  /** Why nothing can be sent, in words; null while it is up. */
  problem: () => string | null;
  /** Resolves at the acknowledgement; rejects when the connection was lost before it. Only while `isUp`. */
  publish: (message: OutboxMessage) => Promise<PacketsSeen>;
  close: () => Promise<void>;
}

interface Pending {
  qos: number;
  packetId: number;
  sinceMs: number;
  receivedAtMs: number | null;
  releasedAtMs: number | null;
  reasonCode: number | null;
  reject: (error: Error) => void;
}

// A broker that answers pings but acknowledges nothing (a netsplit, VerneMQ's default settings) is left for another node.
const ACKNOWLEDGE_WITHIN_MS = 10_000;

// [MQTT-3.2.2-3] return code 1 of a 3.1.1 broker; [MQTT5 3.2.2.2] unsupported protocol version of a later one.
const WRONG_VERSION = new Set([1, 0x84]);

// QoS 2 goes on after a lost connection as long as the broker keeps the session [MQTT5 3.1.2.11.2].
const SESSION_SECONDS = 86_400;

/**
 * One persistent connection to a publisher node: MQTT 5, or 3.1.1 once the broker said that it speaks no 5.
 * connecting → up → (lost, or nothing acknowledged for 10 s) → connecting, with doubling, jittered waits; closed is final.
 * When it is lost, QoS 0 and 1 go back to the outbox at once, to be sent by another node. QoS 2 that is under way stays:
 * only this node knows how far the handshake came, so it goes on when the node is back [MQTT-4.4.0-1]; waiting is the price
 * of not publishing twice.
 */
export function connectNode(options: {
  node: PublisherNode;
  /** 0 for the first connection to this node, 1 for the second. */
  index: number;
  session: ServiceSession;
  log: Log;
  nowMs: () => number;
  onChange: () => void;
}): NodeConnection {
  const { node, index, session, nowMs } = options;
  const clientId = `lc-publisher-${session.instance}-${node.name}${index === 0 ? "" : `-${index + 1}`}`;
  const log = options.log.child({ node: node.name });
  const pending = new Set<Pending>();
  /** Of those, QoS 1 and 2 by packet identifier: one acknowledgement after another is looked up. */
  const withPacketId = new Map<number, Pending>();
  let up = false;
  let problem = "connecting";
  // [MQTT5 3.2.2.3.3] how many QoS 1 and 2 messages the broker takes at once; what is above it waits here, in order
  let receiveMaximum = 65_535;
  const waiting: (() => void)[] = [];
  let unacknowledged = 0;

  const client = mqtt.connect(node.mqttUrl, {
    protocolVersion: 5,
    properties: { sessionExpiryInterval: SESSION_SECONDS },
    clientId,
    clean: false,
    username: session.username,
    password: session.password,
    keepalive: 15,
    connectTimeout: 5_000,
    reconnectOnConnackError: true,
    queueQoSZero: false,
  });
  const reconnects = spreadReconnects(client);

  /** False when it was forgotten before. */
  const forget = (one: Pending): boolean => {
    if (withPacketId.get(one.packetId) === one) withPacketId.delete(one.packetId);
    return pending.delete(one);
  };

  // mqtt.js would send QoS 1 again by itself, and it never tells what became of QoS 0
  const giveUp = (one: Pending): void => {
    forget(one);
    one.reject(new Error("The connection was lost before the acknowledgement"));
    if (one.qos === 1) client.removeOutgoingMessage(one.packetId);
  };

  client.on("connect", (connack) => {
    up = true;
    receiveMaximum = connack.properties?.receiveMaximum ?? 65_535;
    problem = "the connection was lost";
    log.info({ protocolVersion: client.options.protocolVersion }, "connected to a publisher node");
    options.onChange();
  });
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "connack") for (const one of pending) one.sinceMs = nowMs();
    const isVersion5 = client.options.protocolVersion === 5;
    if (packet.cmd !== "pubrec" && !(packet.cmd === "puback" && isVersion5)) return;
    const one = withPacketId.get(packet.messageId ?? 0);
    if (!one) return;
    // [MQTT5 3.4.2.1] absent: 0, success
    if (isVersion5) one.reasonCode = packet.reasonCode ?? 0;
    if (packet.cmd === "pubrec") one.receivedAtMs ??= nowMs();
  });
  client.on("packetsend", (packet) => {
    const released = packet.cmd === "pubrel" ? withPacketId.get(packet.messageId ?? 0) : undefined;
    if (released) released.releasedAtMs ??= nowMs();
  });
  client.on("error", (error) => {
    problem = error.message;
    if (client.options.protocolVersion !== 5 || !("code" in error) || !WRONG_VERSION.has(Number(error.code))) return;
    client.options.protocolVersion = 4;
    delete client.options.properties;
  });
  client.on("close", () => {
    if (up) log.warn({ pending: pending.size, problem }, "the connection to a publisher node was lost");
    up = false;
    for (const one of pending) if (one.qos < 2) giveUp(one);
    unacknowledged = pending.size;
    for (const start of waiting.splice(0)) start();
    options.onChange();
  });

  const send = (
    { messageId, topicName, payload, qos, retain, dup, ...rest }: OutboxMessage,
    { resolve, reject }: { resolve: (seen: PacketsSeen) => void; reject: (error: Error) => void },
  ): void => {
    const one: Pending = {
      qos,
      packetId: 0,
      sinceMs: nowMs(),
      receivedAtMs: null,
      releasedAtMs: null,
      reasonCode: null,
      reject,
    };
    pending.add(one);
    if (qos > 0) unacknowledged += 1;
    const properties = client.options.protocolVersion === 5 ? { properties: propertiesOf({ messageId, ...rest }) } : {};
    client.publish(topicName, payload, { qos, retain, dup, ...properties }, (error) => {
      // given up at a lost connection, which counted anew
      if (!forget(one)) return;
      if (qos > 0) unacknowledged -= 1;
      waiting.shift()?.();
      const { packetId, receivedAtMs, releasedAtMs, reasonCode } = one;
      if (reasonCode !== null && reasonCode >= 0x80) return reject(new RefusedByBroker(reasonCode));
      if (error) return reject(error);
      reconnects.worked();
      resolve({ packetId: qos === 0 ? null : packetId, receivedAtMs, releasedAtMs, reasonCode });
    });
    // read at once: publish allocates it before it returns while the connection is up
    if (qos === 0 || !pending.has(one)) return;
    one.packetId = client.getLastMessageId();
    withPacketId.set(one.packetId, one);
  };

  const watch = setInterval(() => {
    const oldestMs = Math.min(...[...pending].map((one) => one.sinceMs));
    if (!client.connected || nowMs() - oldestMs < ACKNOWLEDGE_WITHIN_MS) return;
    problem = `nothing acknowledged for ${ACKNOWLEDGE_WITHIN_MS / 1_000} s`;
    client.stream.destroy();
  }, 1_000);

  return {
    node: node.name,
    clientId,
    isUp: () => up,
    problem: () => (up ? null : problem),
    publish: (message) =>
      new Promise((resolve, reject) => {
        const start = (): void => {
          if (up) send(message, { resolve, reject });
          else reject(new Error("The connection was lost before it was sent"));
        };
        if (message.qos > 0 && unacknowledged >= receiveMaximum) waiting.push(start);
        else start();
      }),
    close: async () => {
      clearInterval(watch);
      await client.endAsync(pending.size > 0);
    },
  };
}

/** What goes beside the payload; the message's id, by which a receiver can tell a repeat. */
function propertiesOf({
  messageId,
  contentType,
  userProperties,
  expiresAtMs,
}: Pick<
  OutboxMessage,
  "messageId" | "contentType" | "userProperties" | "expiresAtMs"
>): IClientPublishOptions["properties"] {
  return {
    userProperties: { ...userProperties, "lc-message-id": messageId },
    ...(contentType === null ? {} : { contentType }),
    ...(expiresAtMs === null
      ? {}
      : { messageExpiryInterval: Math.max(1, Math.ceil((expiresAtMs - Date.now()) / 1_000)) }),
  };
}
