import { createHash } from "node:crypto";
import { connectAsync, type MqttClient } from "mqtt";
import { attempt, ESCAPES, longAttempt } from "./attempts";
import { addresses, deviceToken } from "./stack";

/** A phone that writes an attempt into all that a phone can fill. */
export interface HostilePhone {
  clientId: string;
  personId: string;
  close: () => Promise<void>;
}

/** What it does when it is asked for its log. */
export type LogAnswer = "sends" | "declines" | "lists";

const line = (fields: object): string =>
  JSON.stringify({ t: "2026-11-20T03:00:00Z", ms: 80, bytes: 5, attempt: 1, ...fields });

/** Its log: attempts in every field of a call, and in lines that are no call. */
const LOG = [
  line({ method: "GET", url: `https://api.example/${longAttempt("log-url")}`, status: 503, app: attempt("log-app") }),
  line({ method: attempt("log-method"), url: "https://api.example/v1", status: 200, app: "12.4.1" }),
  line({ method: "GET", url: "https://api.example/v1", status: null, error: longAttempt("log-error"), app: "12.4.1" }),
  `${longAttempt("log-raw")}${ESCAPES}`,
  "",
].join("\n");

/** Connects it; resolves when it has said what it says unasked. */
export async function hostilePhone(clientId: string, answer: LogAnswer): Promise<HostilePhone> {
  const personId = `p-${clientId}`;
  const token = await deviceToken({
    person: personId,
    name: longAttempt("token-name"),
    phoneNumber: attempt("token-phone"),
    platform: attempt("token-platform"),
    appVersion: attempt("token-app"),
    deviceModel: longAttempt("token-model"),
  });
  const topicName = `lc/v1/clients/${clientId}/events`;
  const client = await connectAsync(`mqtt://127.0.0.1:${addresses.mqttPorts["sub-1"]}`, {
    clientId,
    username: token,
    clean: false,
    reconnectPeriod: 0,
    will: { topic: topicName, payload: Buffer.from(event("will-event", {})), qos: 1, retain: false },
  });
  const say = (type: string, fields: object = {}): Promise<unknown> =>
    client.publishAsync(topicName, event(type, fields), { qos: 1 });
  client.on(
    "message",
    (_topic, payload) => void answerTo(client, JSON.parse(payload.toString()) as Command, { answer, say }),
  );
  await client.subscribeAsync([`lc/v1/clients/${clientId}/commands`], { qos: 1 });
  // refused, and shown as such
  await client.subscribeAsync([longAttempt("subscribed-topic")], { qos: 1 }).catch(() => undefined);
  await say(attempt("event-type"));
  return { clientId, personId, close: async () => void (await client.endAsync(true)) };
}

const event = (type: string, fields: object): string =>
  JSON.stringify({ type, at: "2026-11-20T04:00:00Z", says: longAttempt("event-body"), ...fields });

interface Command {
  id: string;
  type: string;
  upload?: { url: string; headers: Record<string, string> };
}

async function answerTo(
  client: MqttClient,
  { id, type, upload }: Command,
  { answer, say }: { answer: LogAnswer; say: (type: string, fields: object) => Promise<unknown> },
): Promise<void> {
  const bytes = Buffer.byteLength(LOG);
  if (type === "logs.list") {
    const name = longAttempt("file-name");
    await say("logs.listed", { commandId: id, files: [{ name, start: "2026-11-20T03:00:00Z", end: null, bytes: 9 }] });
  } else if (type === "logs.upload" && answer === "declines")
    await say("logs.declined", { commandId: id, reason: longAttempt("declined-reason") });
  else if (type === "logs.upload")
    await say("logs.accepted", { commandId: id, bytes, sha256: createHash("sha256").update(LOG).digest("hex") });
  else if (type === "logs.put" && upload) {
    await fetch(upload.url, { method: "PUT", headers: upload.headers, body: LOG });
    await say("logs.uploaded", { commandId: id });
  }
}
