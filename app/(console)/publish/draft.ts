import { MAX_PAYLOAD_BYTES, type PayloadFormat } from "@/lib/mqtt/payload";
import type { Qos } from "@/lib/mqtt/qos";
import { topicNameFault, type TopicNameFault } from "@/lib/mqtt/topic-name-fault";
import { fillVariables, insideJson, isOwnVariable, variablesOf } from "@/lib/mqtt/variables";
import type { MessagePayload, MessageStatus, PublishByOperatorInput, SavedContent } from "@/lib/publish/schemas";
import { bytesOf, countBytes, fromBase64, toBase64, toHex } from "./payload-bytes";

/** Seconds as text, as choices are; "never" leaves the message without an end. */
export const EXPIRIES = ["never", "60", "900", "3600", "86400", "604800"] as const;
export type Expiry = (typeof EXPIRIES)[number];

/** A message as it is being written; topic name and payload may hold `{{variables}}`. */
export interface Draft {
  topicName: string;
  qos: Qos;
  retain: boolean;
  expiry: Expiry;
  format: PayloadFormat;
  payload: string;
  /** Empty: as the format says. */
  contentType: string;
  userProperties: readonly { name: string; value: string }[];
  /** Values of the variables that are asked for. */
  values: Readonly<Record<string, string>>;
}

export const emptyDraft = (topicName = ""): Draft => ({
  topicName,
  qos: 1,
  retain: false,
  expiry: "never",
  format: "json",
  payload: "",
  contentType: "",
  userProperties: [],
  values: {},
});

/** What is wrong with a payload; of JSON with the place where the browser tells it. */
export type PayloadFault =
  { kind: "json"; place: { line: number; column: number } | null } | { kind: "hex" | "base64" | "tooLarge" };

export interface DraftFaults {
  topicName: TopicNameFault | null;
  payload: PayloadFault | null;
  /** Variables without a value. */
  missing: readonly string[];
}

/** Variables that somebody must give a value. */
export const askedVariables = ({ topicName, payload, format }: Draft): string[] =>
  variablesOf(topicName, isText(format) ? payload : "").filter((name) => !isOwnVariable(name));

/** The topic name with its variables filled in, as far as they have values. */
export const topicNameOf = ({ topicName, values }: Draft): string => fillVariables(topicName, values);

/** What keeps a draft from being sent. An empty payload is nothing wrong: retained, it clears what is retained. */
export const faultsOf = (draft: Draft, topicRoot: string): DraftFaults => ({
  topicName: topicNameFault(topicNameOf(draft), topicRoot),
  payload: payloadFault(draft),
  missing: askedVariables(draft).filter((name) => !draft.values[name]),
});

function payloadFault({ payload, format, values }: Draft): PayloadFault | null {
  if (countBytes(payload, format) > MAX_PAYLOAD_BYTES) return { kind: "tooLarge" };
  if (format === "text" || payload.trim() === "") return null;
  if (format !== "json") return bytesOf(payload, format) === null ? { kind: format } : null;
  try {
    JSON.parse(fillVariables(payload, values, insideJson));
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

/** What is fixed when a draft is sent, so that sending it again after a failure is the same message. */
export interface Attempt {
  idempotencyKey: string;
  /** ISO 8601 and a UUID: what {{now}} and {{uuid}} are. */
  now: string;
  uuid: string;
  confirmedDevices: number | null;
}

/** A draft as it is sent; `{{clientId}}` and `{{personId}}` are the server's to fill in. */
export function toPublishInput(draft: Draft, attempt: Attempt): PublishByOperatorInput {
  const { qos, retain, expiry, format } = draft;
  const contentType = draft.contentType || (format === "json" && draft.payload !== "" ? "application/json" : "");
  return {
    to: { topicName: topicNameOf(draft) },
    ...payloadOf(draft, attempt),
    qos,
    retain,
    ...(expiry === "never" ? {} : { expirySeconds: Number(expiry) }),
    ...(contentType === "" ? {} : { contentType }),
    ...userPropertiesOf(draft),
    ...(attempt.confirmedDevices === null ? {} : { confirmedDevices: attempt.confirmedDevices }),
    idempotencyKey: attempt.idempotencyKey,
  };
}

/** Of two properties of one name the later counts; one without a name is not sent. */
function userPropertiesOf({ userProperties }: Draft): Pick<PublishByOperatorInput, "userProperties"> {
  const named = userProperties.filter(({ name }) => name !== "");
  return named.length === 0
    ? {}
    : { userProperties: Object.fromEntries(named.map(({ name, value }) => [name, value])) };
}

function payloadOf({ payload, format, values }: Draft, { now, uuid }: Attempt) {
  if (!isText(format)) return { payloadBase64: toBase64(bytesOf(payload, format) ?? new Uint8Array()) };
  return { payload: fillVariables(payload, { ...values, now, uuid }, format === "json" ? insideJson : undefined) };
}

const isText = (format: PayloadFormat): boolean => format === "json" || format === "text";

/** A message sent before as a draft again. An expiry counts from each sending, so it is chosen anew. */
export function draftOf(
  sent: Pick<MessageStatus, "topicName" | "qos" | "retain" | "contentType">,
  { text, base64 }: Pick<MessagePayload, "text" | "base64">,
): Draft {
  const { topicName, qos, retain } = sent;
  const contentType = sent.contentType === "application/json" ? "" : (sent.contentType ?? "");
  const draft: Draft = { ...emptyDraft(topicName), qos, retain, contentType };
  if (text === null) return { ...draft, format: "hex", payload: toHex(fromBase64(base64) ?? new Uint8Array()) };
  const asJson: Draft = { ...draft, payload: text };
  return payloadFault(asJson) === null ? asJson : { ...asJson, format: "text" };
}

/** What is saved of a draft: all but the values, which are asked for again. */
export const contentOf = ({ expiry, values: _asked, userProperties, ...draft }: Draft): SavedContent => ({
  ...draft,
  userProperties: [...userProperties],
  expirySeconds: expiry === "never" ? null : Number(expiry),
});

/** A saved message as a draft. An expiry that is no choice here is the next longer one. */
export const draftOfSaved = ({ expirySeconds, ...content }: SavedContent): Draft => ({
  ...content,
  expiry: expirySeconds === null ? "never" : (EXPIRIES.find((expiry) => Number(expiry) >= expirySeconds) ?? "never"),
  values: {},
});
