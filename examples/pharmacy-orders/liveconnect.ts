import type { Settings } from "./settings";

/** What the service asks of LiveConnect: docs/services.md. */
export interface LiveConnect {
  /** Lets a patient's devices subscribe to a topic, until a time. */
  grant: (of: { personId: string; topicName: string; until: Date }) => Promise<void>;
  /** Publishes a status; retained, so that a page that opens later has it at once. The same `changeId` never publishes twice. */
  publish: (of: { topicName: string; status: unknown; changeId: string }) => Promise<void>;
}

const GIVE_UP_MS = 10_000;

export function createLiveConnect({ api, apiKey }: Settings): LiveConnect {
  const call = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(api + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${answer}`);
  };
  return {
    grant: ({ personId, topicName, until }) =>
      call("PUT", "/v1/grants", [
        { personId, topicFilter: topicName, action: "subscribe", expiresAt: until.toISOString() },
      ]),
    publish: ({ topicName, status, changeId }) =>
      call(
        "POST",
        "/v1/messages",
        { to: { topicName }, payload: JSON.stringify(status), qos: 1, retain: true, contentType: "application/json" },
        { "idempotency-key": changeId },
      ),
  };
}
