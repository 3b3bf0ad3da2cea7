import { z } from "zod";
import { canBeKept, legible } from "@/lib/format/kept-text";
import { MESSAGE_STATES } from "@/lib/events/schemas";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { MAX_PAYLOAD_BYTES, PAYLOAD_FORMATS, textBytes } from "@/lib/mqtt/payload";
import { QOS_LEVELS, type Qos } from "@/lib/mqtt/qos";
import { MOST_USER_PROPERTIES } from "./terms";

/** Thirty days: longer than any session a broker keeps for a phone that is away. */
export const MAX_EXPIRY_SECONDS = 30 * 86_400;

/** `send`: one of a send's many. */
export const MESSAGE_SOURCES = ["console", "api", "diagnostics", "send"] as const;
export type MessageSource = (typeof MESSAGE_SOURCES)[number];
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What ended a publish at the broker: QoS 0 is only written to the connection, QoS 1 and 2 are answered. */
export const ACKNOWLEDGEMENTS = ["written", "puback", "pubcomp"] as const;
export type Acknowledgement = (typeof ACKNOWLEDGEMENTS)[number];

export const acknowledgementOf = (qos: Qos): Acknowledgement => ACKNOWLEDGEMENTS[qos];

/** MQTT 5 user properties: text that goes beside the payload. */
export type UserProperties = Record<string, string>;

/** Where a message goes: a topic name, or a client's inbox. */
export const publishTargetSchema = z.union(
  [z.strictObject({ topicName: z.string() }), z.strictObject({ clientId: clientIdSchema })],
  { error: "Give either topicName or clientId" },
);

const base64Bytes = (text: string): number => (text.length / 4) * 3 - (/=*$/.exec(text)?.[0].length ?? 0);

// U+0000 and halves of surrogate pairs are no UTF-8 string [MQTT-1.5.4-1], and PostgreSQL does not take them either.
const mqttText = z.string().max(1_000).refine(canBeKept, "well-formed Unicode without a null character");

export const userPropertiesSchema = z
  .record(mqttText.min(1), mqttText)
  .refine((properties) => Object.keys(properties).length <= MOST_USER_PROPERTIES, {
    message: "at most {most} user properties",
    params: { most: MOST_USER_PROPERTIES },
  });

/** What a message is, wherever it goes; with `onePayload` beside it. */
export const messageFields = {
  /** The payload as text; or `payloadBase64` for bytes. An empty retained payload clears what is retained. */
  payload: z.string().optional(),
  payloadBase64: z.base64().optional(),
  qos: z.literal([...QOS_LEVELS]).default(1),
  retain: z.boolean().default(false),
  /** Not sent later than this after it was accepted. A queue of the broker may hold what was sent for longer. */
  expirySeconds: z.int().min(1).max(MAX_EXPIRY_SECONDS).nullish(),
  contentType: z
    .string()
    .regex(/^[\x21-\x7e][\x20-\x7e]{0,126}$/, "printable ASCII, at most 127 characters")
    .nullish(),
  /** Sent beside the payload where the broker speaks MQTT 5. */
  userProperties: userPropertiesSchema.nullish(),
};

/** The same key never publishes twice; used for another message it is a CONFLICT. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, "1 to 128 printable ASCII characters")
  .nullish();

/** A message has one payload, within the size. */
export function onePayload(message: { payload?: string; payloadBase64?: string }, context: z.RefinementCtx): void {
  const given = [message.payload, message.payloadBase64].filter((payload) => payload !== undefined);
  if (given.length !== 1)
    context.addIssue({ code: "custom", path: ["payload"], message: "Give either payload or payloadBase64" });
  const bytes = message.payload === undefined ? base64Bytes(message.payloadBase64 ?? "") : textBytes(message.payload);
  if (bytes > MAX_PAYLOAD_BYTES)
    context.addIssue({
      code: "custom",
      path: ["payload"],
      message: "A payload has at most {bytes} bytes",
      params: { bytes: MAX_PAYLOAD_BYTES },
    });
}

export const publishMessageSchema = z
  .strictObject({ to: publishTargetSchema, ...messageFields, idempotencyKey: idempotencyKeySchema })
  .superRefine(onePayload);

export type PublishMessageInput = z.input<typeof publishMessageSchema>;

export const messageIdSchema = z.uuid("A message id is a UUID");

/** A message and how far it came, without its payload. Instants are ISO 8601 in UTC, by the database's clock. */
export interface MessageStatus {
  messageId: string;
  topicName: string;
  qos: Qos;
  retain: boolean;
  payloadBytes: number;
  contentType: string | null;
  /** The client whose topic it is; null for any other topic. */
  clientId: string | null;
  source: MessageSource;
  actorName: string;
  state: MessageState;
  acceptedAt: string;
  /** When it was handed to the connection; known together with the acknowledgement. */
  sentAt: string | null;
  acknowledgedAt: string | null;
  acknowledgement: Acknowledgement | null;
  /** The broker node it was sent to. */
  node: string | null;
  failure: string | null;
  expiresAt: string | null;
  /** Its packet identifier on that connection; null at QoS 0. */
  packetId: number | null;
  /** PUBREC came and PUBREL went (QoS 2); null for other QoS, and where a lost connection came between. */
  receivedAt: string | null;
  releasedAt: string | null;
  /** The id of the command it carries to its client; null when the payload has none. */
  commandId: string | null;
  /** What the broker's MQTT 5 acknowledgement said, e.g. 16: no matching subscribers; null: it told none. */
  reasonCode: number | null;
  /** Sent with DUP: an earlier attempt may have reached the broker, so it may arrive twice. */
  dup: boolean;
}

/** A message with what its client's app answered to it. */
export interface MessageDetail extends MessageStatus {
  /** The first event of the device with the command's id; null while there is none. */
  answer: { at: string; type: string } | null;
  /** The console's message to the same topic name before this one, to compare with; null where there is none. */
  previousId: string | null;
}

export const listMessagesSchema = z.strictObject({
  source: z.enum(MESSAGE_SOURCES).default("console"),
  /** Only messages on one client's own topics. */
  clientId: clientIdSchema.optional(),
  /** `nextCursor` of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export interface MessagePage {
  /** Newest first. */
  messages: MessageStatus[];
  nextCursor: number | null;
}

/** A payload as it was published. */
export interface MessagePayload {
  messageId: string;
  /** The payload as text; null where it is not UTF-8. */
  text: string | null;
  base64: string;
}

export const pingClientSchema = z.object({ clientId: clientIdSchema });

/** What came of asking a phone. */
export interface PingClientResult {
  outcome: "answered" | "no_answer";
  /** From our acceptance of the question to our receipt of the answer; null without one. */
  roundTripMs: number | null;
  /** How far the phone's clock is ahead of ours, give or take half the round trip; null when it did not say. */
  clockAheadMs: number | null;
  /** The answer renewed the proof of the open session. */
  isProof: boolean;
}

/** A message as the console's form sends it. */
export const publishByOperatorSchema = publishMessageSchema.safeExtend({
  /** The number of devices the operator was shown and agreed to. */
  confirmedDevices: z.int().min(0).nullish(),
});
export type PublishByOperatorInput = z.input<typeof publishByOperatorSchema>;

/** A topic name known to be in use, and where from. */
export interface TopicSuggestion {
  topicName: string;
  from: "history" | "group";
}

/** What one operator may have saved: a list that is still read. */
export const MOST_SAVED = 100;
// The list is given whole, so each is small; a larger payload is sent again from the history.
const MOST_SAVED_TEXT = 16_000;

/** A message to write again: topic name and payload may hold `{{variables}}`. */
export const savedContentSchema = z.strictObject({
  topicName: z.string().max(1_024),
  qos: z.literal([...QOS_LEVELS]),
  retain: z.boolean(),
  expirySeconds: z.int().min(1).max(MAX_EXPIRY_SECONDS).nullable(),
  format: z.enum(PAYLOAD_FORMATS),
  payload: z.string().max(MOST_SAVED_TEXT, "A saved payload has at most {maximum} characters"),
  contentType: z.string().max(127),
  userProperties: z.array(z.strictObject({ name: z.string().max(1_000), value: z.string().max(1_000) })).max(20),
});
export type SavedContent = z.output<typeof savedContentSchema>;

const savedName = z.string().overwrite(legible).trim().min(1).max(80);
export const savedMessageIdSchema = z.uuid();

export const saveMessageSchema = z.strictObject({
  /** One of the actor's own, to change it; absent: a new one. */
  id: savedMessageIdSchema.optional(),
  name: savedName,
  /** Shared with everybody who may publish. */
  shared: z.boolean(),
  content: savedContentSchema,
});
export type SaveMessageInput = z.input<typeof saveMessageSchema>;

export const importMessagesSchema = z.strictObject({
  messages: z
    .array(z.strictObject({ name: savedName, content: savedContentSchema }))
    .min(1)
    .max(MOST_SAVED),
});
export type ImportMessagesInput = z.input<typeof importMessagesSchema>;

export interface SavedMessage {
  id: string;
  name: string;
  shared: boolean;
  /** The reader's own, which they may change and remove. */
  own: boolean;
  ownerName: string;
  /** ISO 8601, UTC. */
  savedAt: string;
  content: SavedContent;
}

/** How long a tail lasts, and how many messages a second it shows at most: as much as somebody can read. */
export const TAIL_MINUTES = 15;
export const TAIL_RATE_PER_SECOND = 20;

/** One line of a tail's stream. */
export type TailLine =
  | { kind: "opened"; topicFilter: string; node: string; endsAt: string; ratePerSecond: number }
  | TailMessage
  /** Nothing was published; the line lives. `skipped` in all, as in messages. */
  | { kind: "beat"; skipped: number }
  | { kind: "ended"; reason: "time" | "lost" };

export interface TailMessage {
  kind: "message";
  number: number;
  /** When the publisher heard it, ISO 8601, UTC. */
  at: string;
  topicName: string;
  /** As it was published; a retained one was published earlier. */
  qos: Qos;
  retain: boolean;
  payloadBytes: number;
  /** The beginning of the payload as text, where it is UTF-8, else null. */
  text: string | null;
  /** The same beginning. */
  base64: string;
  /** Fewer bytes are shown than were published; or the payload holds a credential, and is left out. */
  shortened: "no" | "cut" | "withheld";
  /** Messages not shown so far because more came than are shown in a second. */
  skipped: number;
}
