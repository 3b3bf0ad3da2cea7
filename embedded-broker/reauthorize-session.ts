import type { Cluster } from "./cluster";
import { subscribing } from "./hook-bodies";
import type { Session } from "./sessions";

type Answer = { json: unknown } | { status: number };

const UNCHANGED = { json: { text: "Unchanged", type: "text" } };
const DONE = { json: { text: "Done", type: "text" } };
// What a hook's answer denies one topic with.
const DENIED = 128;

/**
 * `session/reauthorize?username=U&client-id=X`: asks auth_on_subscribe again, topic by topic; a subscription that is not allowed
 * any more ends, and the connection stays. "Unchanged" when none did, also for a client nobody knows.
 */
export async function reauthorizeSession({ core, find }: Cluster, params: URLSearchParams): Promise<Answer> {
  const clientId = params.get("client-id");
  const username = params.get("username");
  if (!clientId || username === null) return { status: 400 };
  const session = core.sessions.find(clientId);
  const webhooks = session && find(session.nodeName)?.run?.webhooks;
  if (!session || !webhooks) return UNCHANGED;
  const denied: string[] = [];
  for (const [topic, qos] of session.subscriptions) {
    const body = subscribing({ ...session, user: username }, [{ topic, qos }]);
    const verdict = await webhooks.ask("auth_on_subscribe", body);
    const answered = verdict.status === "ok" ? (verdict.topics[0]?.qos ?? qos) : DENIED;
    if (answered === DENIED) denied.push(topic);
  }
  if (denied.length === 0) return UNCHANGED;
  await endSubscriptions(core, session, denied);
  return DONE;
}

async function endSubscriptions({ store }: Cluster["core"], session: Session, topicFilters: string[]): Promise<void> {
  await store.removeSubscriptions(session.clientId, topicFilters);
  await session.holder?.unsubscribe(topicFilters);
  for (const topicFilter of topicFilters) session.subscriptions.delete(topicFilter);
}
