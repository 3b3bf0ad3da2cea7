import type { ClusterLinks } from "./cluster-links";
import type { NetsplitRules } from "./netsplit-rules";
import type { Sessions } from "./sessions";
import type { SessionStore } from "./session-store";

export interface AdmissionParts {
  sessions: Sessions;
  store: SessionStore;
  links: ClusterLinks;
  rules: NetsplitRules;
}

/** "unavailable" is CONNACK 3; "dropped" is closed without a CONNACK. */
export type Admission = "admitted" | "unavailable" | "dropped";

/**
 * May a CONNECT whose auth was accepted begin a session while nodes are away? As recorded:
 * a frozen node nobody noticed yet lets every CONNECT wait, and then refuses it; a node known to be down refuses every CONNECT unless
 * `allow_register_during_netsplit` is on; then the first CONNECT of a client whose persistent session is on that node moves the
 * session here, without its queue, and is closed; the next is admitted.
 */
export async function admit(
  { sessions, store, links, rules }: AdmissionParts,
  connect: { node: string; clientId: string; cleanSession: boolean },
): Promise<Admission> {
  const { node, clientId, cleanSession } = connect;
  const hasWaited = links.hasSilent(node);
  if (hasWaited) await links.heard(node);
  if (links.isWhole(node)) return "admitted";
  if (!rules.register) return "unavailable";
  const session = sessions.find(clientId);
  if (session && links.sight(node, session.nodeName) === "down") {
    sessions.leaveBehind(session, node);
    store.clearQueue(clientId);
    if (!session.cleanSession && !cleanSession) return "dropped";
  }
  return hasWaited ? "unavailable" : "admitted";
}
