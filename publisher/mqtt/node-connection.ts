import mqtt from "mqtt";
import type { Log } from "@/lib/log/log";
import type { PacketsSeen } from "@/lib/publish/message-sender";
import type { OutboxMessage } from "@/lib/publish/outbox-rows";
import type { PublisherNode, ServiceSession } from "../env";
import { spreadReconnects } from "./reconnect-wait";

export interface NodeConnection {
  node: string;
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
  reject: (error: Error) => void;
}

// A broker that answers pings but acknowledges nothing (a netsplit, VerneMQ's default settings) is left for another node.
const ACKNOWLEDGE_WITHIN_MS = 10_000;

/**
 * One persistent MQTT 3.1.1 connection to a publisher node.
 * connecting → up → (lost, or nothing acknowledged for 10 s) → connecting, with doubling, jittered waits; closed is final.
 * When it is lost, QoS 0 and 1 go back to the outbox at once, to be sent by another node. QoS 2 that is under way stays:
 * only this node knows how far the handshake came, so it goes on when the node is back [MQTT-4.4.0-1]; waiting is the price
 * of not publishing twice.
 */
export function connectNode(options: {
  node: PublisherNode;
  session: ServiceSession;
  log: Log;
  nowMs: () => number;
  onChange: () => void;
}): NodeConnection {
  const { node, session, nowMs } = options;
  const log = options.log.child({ node: node.name });
  const pending = new Set<Pending>();
  let up = false;
  let problem = "connecting";

  const client = mqtt.connect(node.mqttUrl, {
    protocolVersion: 4,
    clientId: `lc-publisher-${session.instance}-${node.name}`,
    clean: false,
    username: session.username,
    password: session.password,
    keepalive: 15,
    connectTimeout: 5_000,
    reconnectOnConnackError: true,
    queueQoSZero: false,
  });
  const reconnects = spreadReconnects(client);

  // mqtt.js would send QoS 1 again by itself, and it never tells what became of QoS 0
  const giveUp = (one: Pending): void => {
    pending.delete(one);
    one.reject(new Error("The connection was lost before the acknowledgement"));
    if (one.qos === 1) client.removeOutgoingMessage(one.packetId);
  };

  client.on("connect", () => {
    up = true;
    problem = "the connection was lost";
    log.info("connected to a publisher node");
    options.onChange();
  });
  const underWay = (packetId: number | undefined): Pending | undefined =>
    [...pending].find((one) => one.qos === 2 && one.packetId === packetId);
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "connack") for (const one of pending) one.sinceMs = nowMs();
    const received = packet.cmd === "pubrec" ? underWay(packet.messageId) : undefined;
    if (received) received.receivedAtMs ??= nowMs();
  });
  client.on("packetsend", (packet) => {
    const released = packet.cmd === "pubrel" ? underWay(packet.messageId) : undefined;
    if (released) released.releasedAtMs ??= nowMs();
  });
  client.on("error", (error) => {
    problem = error.message;
  });
  client.on("close", () => {
    if (up) log.warn({ pending: pending.size, problem }, "the connection to a publisher node was lost");
    up = false;
    for (const one of pending) if (one.qos < 2) giveUp(one);
    options.onChange();
  });

  const watch = setInterval(() => {
    const oldestMs = Math.min(...[...pending].map((one) => one.sinceMs));
    if (!client.connected || nowMs() - oldestMs < ACKNOWLEDGE_WITHIN_MS) return;
    problem = `nothing acknowledged for ${ACKNOWLEDGE_WITHIN_MS / 1_000} s`;
    client.stream.destroy();
  }, 1_000);

  return {
    node: node.name,
    isUp: () => up,
    problem: () => (up ? null : problem),
    publish: ({ topicName, payload, qos, retain, dup }) =>
      new Promise((resolve, reject) => {
        const one: Pending = { qos, packetId: 0, sinceMs: nowMs(), receivedAtMs: null, releasedAtMs: null, reject };
        pending.add(one);
        client.publish(topicName, payload, { qos, retain, dup }, (error) => {
          pending.delete(one);
          if (error) return reject(error);
          reconnects.worked();
          const { packetId, receivedAtMs, releasedAtMs } = one;
          resolve({ packetId: qos === 0 ? null : packetId, receivedAtMs, releasedAtMs, reasonCode: null });
        });
        // read at once: publish allocates it before it returns while the connection is up
        one.packetId = qos === 0 ? 0 : client.getLastMessageId();
      }),
    close: async () => {
      clearInterval(watch);
      await client.endAsync(pending.size > 0);
    },
  };
}
