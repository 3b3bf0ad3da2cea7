import { z } from "zod";

/** Effective state of a client: see presence.md. */
export const PRESENCE_STATES = ["online", "offline_queued", "offline_gone", "unknown"] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

export const MESSAGE_STATES = ["accepted", "acknowledged", "failed", "expired"] as const;
/** Of a send to many clients; `lapsed`: nobody approved it in time. */
export const SEND_STATES = [
  "needs_approval",
  "running",
  "paused",
  "finished",
  "cancelled",
  "declined",
  "lapsed",
  "failed",
] as const;
export const LOG_REQUEST_STATES = [
  "draft",
  "waiting",
  "sent",
  "delivered",
  "accepted",
  "uploading",
  "received",
  "ready",
  "declined",
  "failed",
  "expired",
  "cancelled",
] as const;

/**
 * What processes and browsers tell one another: small facts that say what changed, never a person's data. Sent by NOTIFY on
 * the channel named as the part of the type before the dot, so under 8 000 bytes; passed to browsers as server-sent events.
 */
export const eventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("presence.changed"),
    /** To browsers: how many clients changed that their pages do not show. */
    others: z.number().optional(),
    /** One entry a client; `at` in ms since the epoch. */
    clients: z.array(
      z.object({
        clientId: z.string(),
        state: z.enum(PRESENCE_STATES),
        at: z.number(),
        node: z.string(),
        /** Found by asking the broker, against what its hooks had told. */
        correction: z.literal(true).optional(),
      }),
    ),
  }),
  z.object({ type: z.literal("cluster.sampled"), at: z.number() }),
  z.object({
    type: z.literal("cluster.nodeChanged"),
    node: z.string(),
    state: z.enum(["up", "silent", "down"]),
    at: z.number(),
  }),
  /** A hook came from a node that is believed not to answer. */
  z.object({ type: z.literal("cluster.nodeHeard"), node: z.string(), at: z.number() }),
  /** Messages are in the outbox; `by` names the publisher that took them in and needs no telling. */
  z.object({ type: z.literal("publish.accepted"), by: z.string().optional() }),
  z.object({
    type: z.literal("publish.changed"),
    messageId: z.string(),
    state: z.enum(MESSAGE_STATES),
    clientId: z.string().nullable(),
  }),
  /** The same of services' messages, many at a time: `[messageId, state, clientId]`. */
  z.object({
    type: z.literal("publish.settled"),
    messages: z.array(z.tuple([z.string(), z.enum(MESSAGE_STATES), z.string().nullable()])),
  }),
  /** A send to many clients has another state, or came further; at most once a second each. */
  z.object({ type: z.literal("publish.sendChanged"), sendId: z.string(), state: z.enum(SEND_STATES) }),
  z.object({
    type: z.literal("publish.deviceEvent"),
    clientId: z.string(),
    eventType: z.string(),
    deviceEventId: z.number(),
  }),
  z.object({
    type: z.literal("diagnostics.changed"),
    logRequestId: z.string(),
    clientId: z.string(),
    state: z.enum(LOG_REQUEST_STATES),
  }),
  z.object({ type: z.literal("diagnostics.bulkChanged"), bulkId: z.string() }),
  z.object({ type: z.literal("alert.opened"), alertId: z.string() }),
  z.object({ type: z.literal("alert.changed"), alertId: z.string() }),
  z.object({ type: z.literal("alert.resolved"), alertId: z.string() }),
  z.object({ type: z.literal("alert.noticeTried"), channelId: z.string(), alertId: z.string().nullable() }),
  z.object({ type: z.literal("access.grantsChanged"), personId: z.string() }),
  z.object({ type: z.literal("access.apiKeysChanged") }),
  /** Of clients, people or networks; `clientId` names the one whose page shows it. */
  z.object({ type: z.literal("access.blocksChanged"), clientId: z.string().optional() }),
  z.object({ type: z.literal("access.tokensRevoked") }),
  /** It is nobody's any more: its next sign-in binds it. */
  z.object({ type: z.literal("access.clientReleased"), clientId: z.string() }),
]);

export type LiveEvent = z.output<typeof eventSchema>;
export type EventType = LiveEvent["type"];

export const CHANNELS = ["presence", "cluster", "publish", "diagnostics", "access", "alert"] as const;
export type Channel = (typeof CHANNELS)[number];

export const channelOf = (type: EventType): Channel => type.slice(0, type.indexOf(".")) as Channel;
