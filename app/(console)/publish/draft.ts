import { MAX_PAYLOAD_BYTES, textBytes } from "@/lib/mqtt/payload";
import type { Qos } from "@/lib/mqtt/qos";
import { topicNameFault, type TopicNameFault } from "@/lib/mqtt/topic-name-fault";
import type { PublishMessageInput } from "@/lib/publish/schemas";

export const PAYLOAD_FORMATS = ["json", "text"] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];

/** Seconds as text, as choices are; "never" leaves the message without an end. */
export const EXPIRIES = ["never", "60", "900", "3600", "86400", "604800"] as const;
export type Expiry = (typeof EXPIRIES)[number];

/** A message as it is being written. */
export interface Draft {
  topicName: string;
  qos: Qos;
  retain: boolean;
  expiry: Expiry;
  format: PayloadFormat;
  payload: string;
}

export const emptyDraft = (topicName = ""): Draft => ({
  topicName,
  qos: 1,
  retain: false,
  expiry: "never",
  format: "json",
  payload: "",
});

/** What is wrong with a payload, with the place where the browser tells it. */
export type PayloadFault = { kind: "json"; place: { line: number; column: number } | null } | { kind: "tooLarge" };

export interface DraftFaults {
  topicName: TopicNameFault | null;
  payload: PayloadFault | null;
}

/** What keeps a draft from being sent. An empty payload is none: retained, it clears what is retained. */
export const faultsOf = (draft: Draft, topicRoot: string): DraftFaults => ({
  topicName: topicNameFault(draft.topicName, topicRoot),
  payload: payloadFault(draft),
});

function payloadFault({ payload, format }: Draft): PayloadFault | null {
  if (textBytes(payload) > MAX_PAYLOAD_BYTES) return { kind: "tooLarge" };
  if (format === "text" || payload.trim() === "") return null;
  try {
    JSON.parse(payload);
    return null;
  } catch (error) {
    return { kind: "json", place: placeOf(error, payload) };
  }
}

/** Where JSON goes wrong: browsers say "line 3 column 5", "position 20", or nothing. */
function placeOf(error: unknown, text: string): { line: number; column: number } | null {
  const words = error instanceof Error ? error.message : "";
  const [, line, column] = /line (\d+) column (\d+)/.exec(words) ?? [];
  if (line && column) return { line: Number(line), column: Number(column) };
  const position = /position (\d+)/.exec(words)?.[1];
  if (!position) return null;
  const before = text.slice(0, Number(position)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The payload with JSON indented; as it is where it is not JSON. */
export function formatPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}

export const toPublishInput = (draft: Draft, idempotencyKey: string): PublishMessageInput => ({
  to: { topicName: draft.topicName },
  payload: draft.payload,
  qos: draft.qos,
  retain: draft.retain,
  ...(draft.expiry === "never" ? {} : { expirySeconds: Number(draft.expiry) }),
  ...(draft.format === "json" && draft.payload !== "" ? { contentType: "application/json" } : {}),
  idempotencyKey,
});

/** A message sent before as a draft again. An expiry counts from each sending, so it is chosen anew. */
export function draftOf(sent: { topicName: string; qos: Qos; retain: boolean }, payload: string): Draft {
  const draft: Draft = { ...emptyDraft(sent.topicName), qos: sent.qos, retain: sent.retain, payload };
  return payloadFault(draft) === null ? draft : { ...draft, format: "text" };
}
