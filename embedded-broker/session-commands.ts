import type { Cluster, ClusterNode } from "./cluster";
import type { Session } from "./sessions";

type Answer = { json: unknown } | { status: number };

// VerneMQ says Done also for a client nobody knows.
const DONE = { json: { text: "Done", type: "text" } };

/**
 * `session/disconnect?client-id=X`: ends the connection as if it were lost. With `--cleanup` the session goes too, and no hook
 * tells of it. Answers at once, before the hooks have.
 */
export async function disconnectSession(
  cluster: Cluster,
  observer: ClusterNode,
  params: URLSearchParams,
): Promise<Answer> {
  const clientId = params.get("client-id");
  if (!clientId) return { status: 400 };
  const session = await findSession(cluster, observer, clientId);
  if (!session) return DONE;
  const cleanup = params.has("--cleanup");
  const closing = session.holder?.close({ ending: cleanup ? "untold" : "by-session" });
  if (!cleanup) return DONE;
  await closing;
  cluster.core.sessions.remove(session);
  return DONE;
}

/** `/api/v2/client`: online, offline, or unknown. A session whose node is down is unknown; a frozen node is waited for. */
export async function clientStatus(cluster: Cluster, observer: ClusterNode, params: URLSearchParams): Promise<Answer> {
  const clientId = params.get("client_id");
  if (!clientId) return { status: 400 };
  const session = await findSession(cluster, observer, clientId);
  if (!session) return { json: { status: "unknown" } };
  return { json: { status: session.online ? "online" : "offline" } };
}

/** The client's session as this node sees it: its own before another's; null when none can be reached. */
async function findSession(
  { core, links }: Cluster,
  { config }: ClusterNode,
  clientId: string,
): Promise<Session | null> {
  const known = core.sessions.find(clientId);
  if (known && links.sight(config.name, known.nodeName) === "silent") await links.heard(config.name);
  const found = [core.sessions.find(clientId), ...core.sessions.stranded].find(
    (session) => session?.clientId === clientId && links.reaches(config.name, session.nodeName),
  );
  return found ?? null;
}
