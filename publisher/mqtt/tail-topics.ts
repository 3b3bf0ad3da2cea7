import { randomUUID } from "node:crypto";
import { isUtf8 } from "node:buffer";
import mqtt, { type IPublishPacket } from "mqtt";
import type { Log } from "@/lib/log/log";
import { clientIdOfTopic, deviceTopics } from "@/lib/mqtt/device-topics";
import { TAIL_RATE_PER_SECOND, type TailLine, type TailMessage } from "@/lib/publish/schemas";
import type { TailTicket } from "@/lib/publish/tail-topics";
import type { PublisherNode, ServiceSession } from "../env";

export interface TailOptions {
  node: PublisherNode;
  session: ServiceSession;
  topicRoot: string;
  log: Log;
  now: () => Date;
}

// Enough to read a message by; the rest is counted, not sent.
const MOST_SHOWN_BYTES = 8_192;
const BEAT_MS = 10_000;

/**
 * Hears what is published within a ticket's topic filter, on a connection and a clean session of its own, until its time is over.
 * opened → messages, at most 20 a second and the rest counted, with a beat while nothing comes → ended, by time or a lost connection. It
 * subscribes at QoS 2, so that each message shows the QoS it was published with. Returns what ends it.
 */
export function tailOnNode(ticket: TailTicket, options: TailOptions, tell: (line: TailLine) => void): () => void {
  const { node, session, now } = options;
  const client = mqtt.connect(node.mqttUrl, {
    protocolVersion: 4,
    clientId: `lc-tail-${randomUUID()}`,
    clean: true,
    username: session.username,
    password: session.password,
    keepalive: 15,
    connectTimeout: 5_000,
    // Whoever watches is told that it was lost, and asks again.
    reconnectPeriod: 0,
  });
  const cap = capRate(now);
  let heard = 0;
  let ended = false;

  const end = (reason: "time" | "lost" | null): void => {
    if (ended) return;
    ended = true;
    clearTimeout(over);
    clearInterval(beats);
    client.end(true);
    if (reason) tell({ kind: "ended", reason });
  };
  const over = setTimeout(() => end("time"), Math.max(0, ticket.untilMs - now().getTime()));
  const beats = setInterval(() => tell({ kind: "beat", skipped: cap.skipped() }), BEAT_MS);

  client.on("connect", () => {
    client.subscribe(ticket.topicFilter, { qos: 2 }, (error) => {
      if (error) return end("lost");
      const endsAt = new Date(ticket.untilMs).toISOString();
      tell({
        kind: "opened",
        topicFilter: ticket.topicFilter,
        node: node.name,
        endsAt,
        ratePerSecond: TAIL_RATE_PER_SECOND,
      });
    });
  });
  client.on("message", (_topicName, _payload, packet) => {
    if (!cap.take()) return;
    heard += 1;
    tell(describe(packet, { number: heard, skipped: cap.skipped(), at: now(), topicRoot: options.topicRoot }));
  });
  client.on("error", (error) => options.log.info({ err: error, node: node.name }, "a tail could not be opened"));
  client.on("close", () => end("lost"));
  return () => end(null);
}

/** A second's worth of messages at once, then as many a second; what is more is counted. */
function capRate(now: () => Date): { take: () => boolean; skipped: () => number } {
  let [second, taken, skipped] = [0, 0, 0];
  return {
    take: () => {
      const current = Math.floor(now().getTime() / 1_000);
      if (current !== second) [second, taken] = [current, 0];
      if (taken >= TAIL_RATE_PER_SECOND) {
        skipped += 1;
        return false;
      }
      taken += 1;
      return true;
    },
    skipped: () => skipped,
  };
}

function describe(
  { topic: topicName, payload: given, qos, retain }: IPublishPacket,
  of: { number: number; skipped: number; at: Date; topicRoot: string },
): TailMessage {
  const payload = Buffer.isBuffer(given) ? given : Buffer.from(given);
  const withheld = holdsCredential(topicName, payload, of.topicRoot);
  const shown = withheld ? Buffer.alloc(0) : cutText(payload);
  return {
    kind: "message",
    number: of.number,
    at: of.at.toISOString(),
    topicName,
    qos,
    retain,
    payloadBytes: payload.length,
    text: isUtf8(shown) ? shown.toString("utf8") : null,
    base64: shown.toString("base64"),
    shortened: withheld ? "withheld" : shown.length < payload.length ? "cut" : "no",
    skipped: of.skipped,
  };
}

/** A beginning that does not end inside a letter of UTF-8. */
function cutText(payload: Buffer): Buffer {
  if (payload.length <= MOST_SHOWN_BYTES) return payload;
  let end = MOST_SHOWN_BYTES;
  while (end > MOST_SHOWN_BYTES - 4 && ((payload[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return payload.subarray(0, end);
}

/** A command with an upload URL: whoever has that may write to the store. Contract 1. */
function holdsCredential(topicName: string, payload: Buffer, topicRoot: string): boolean {
  const clientId = clientIdOfTopic(topicName, topicRoot);
  return clientId !== null && topicName === deviceTopics(clientId, topicRoot).commands && payload.includes('"upload"');
}
