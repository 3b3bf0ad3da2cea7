import type { Cluster } from "./cluster";

// VerneMQ says Done also for a client nobody knows.
const DONE = { json: { text: "Done", type: "text" } };

/**
 * `session/disconnect?client-id=X`: ends the connection as if it were lost. With `--cleanup` the session goes too, and no hook
 * tells of it. Answers at once, before the hooks have.
 */
export async function disconnectSession(
  { core }: Cluster,
  params: URLSearchParams,
): Promise<{ json: unknown } | { status: number }> {
  const clientId = params.get("client-id");
  if (!clientId) return { status: 400 };
  const session = core.sessions.find(clientId);
  if (!session) return DONE;
  const cleanup = params.has("--cleanup");
  const closing = session.holder?.close({ ending: cleanup ? "untold" : "by-session" });
  if (!cleanup) return DONE;
  await closing;
  core.sessions.remove(session);
  return DONE;
}

/** `/api/v2/client`: online, offline, or unknown. A session whose node is down is unknown. */
export function clientStatus(
  { core, find }: Cluster,
  params: URLSearchParams,
): { json: { status: "online" | "offline" | "unknown" } } | { status: number } {
  const clientId = params.get("client_id");
  if (!clientId) return { status: 400 };
  const session = core.sessions.find(clientId);
  if (!session || !find(session.nodeName)?.run) return { json: { status: "unknown" } };
  return { json: { status: session.online ? "online" : "offline" } };
}
