import { QOS_LEVELS } from "@/lib/mqtt/qos";
import type { ImportMessagesInput, SavedContent, SavedMessage } from "@/lib/publish/schemas";
import { emptyDraft, contentOf, draftOf } from "./draft";

type Imported = ImportMessagesInput["messages"][number];

export interface ReadImport {
  messages: Imported[];
  /** Found, and not taken: received by MQTTX, no message at all, or beyond what one import takes. */
  leftOut: number;
}

const OURS = "liveconnect.savedMessages";
// As many as one operator may have saved.
const MOST = 100;

/** Saved messages as a file to keep or to pass on. */
export const writeExport = (saved: readonly SavedMessage[]): string =>
  JSON.stringify({ kind: OURS, messages: saved.map(({ name, content }) => ({ name, content })) }, null, 2);

/**
 * Messages of a file: our own export, or MQTTX's (its connections, each with the messages that went in and out; those that went out are
 * taken, each topic's latest once). What is taken is checked by the server.
 */
export function readImport(text: string): ReadImport {
  const file = parse(text);
  const found = isOurs(file) ? file.messages : fromMqttx(file);
  const messages = found.filter((one) => one !== null).slice(0, MOST);
  return { messages, leftOut: found.length - messages.length };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isOurs = (file: unknown): file is { messages: Imported[] } =>
  isRecord(file) && file.kind === OURS && Array.isArray(file.messages);

function fromMqttx(file: unknown): (Imported | null)[] {
  const connections = Array.isArray(file)
    ? file
    : isRecord(file) && Array.isArray(file.connections)
      ? file.connections
      : [];
  return connections.flatMap((connection: unknown) => {
    if (!isRecord(connection) || !Array.isArray(connection.messages)) return [];
    const from = typeof connection.name === "string" ? connection.name : "MQTTX";
    const latest = new Map<unknown, Imported | null>();
    for (const [at, message] of connection.messages.entries()) {
      const read = readMqttx(message, from);
      latest.set(read ? read.content.topicName : at, read);
    }
    return [...latest.values()];
  });
}

function readMqttx(message: unknown, from: string): Imported | null {
  if (!isRecord(message) || message.out !== true) return null;
  const { topic, payload, qos, retain, properties } = message;
  const level = QOS_LEVELS.find((each) => each === qos);
  if (typeof topic !== "string" || typeof payload !== "string" || level === undefined) return null;
  const told = isRecord(properties) ? properties : {};
  const contentType = typeof told.contentType === "string" ? told.contentType : null;
  const draft = draftOf(
    { topicName: topic, qos: level, retain: retain === true, contentType },
    { text: payload, base64: "" },
  );
  const content: SavedContent = {
    ...contentOf({ ...emptyDraft(), ...draft }),
    userProperties: pairsOf(told.userProperties),
  };
  return { name: `${from}: ${topic}`.slice(0, 80), content };
}

const pairsOf = (properties: unknown): SavedContent["userProperties"] =>
  isRecord(properties)
    ? Object.entries(properties).flatMap(([name, value]) => (typeof value === "string" ? [{ name, value }] : []))
    : [];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
