import type { Qos } from "@/lib/mqtt/qos";
import type { Cluster, ClusterNode } from "./cluster";
import type { Session } from "./sessions";

// VerneMQ's default; the limit is per node.
const DEFAULT_LIMIT = 100;
// VerneMQ's default: a row that is not there in this time is dropped, and nothing says so.
const DEFAULT_ROW_TIMEOUT_MS = 100;
const DEFAULT_COLUMNS = ["client_id", "is_online", "mountpoint", "peer_host", "peer_port", "user"];

interface Row {
  session: Session;
  node: string;
  waiting: number;
  subscription?: readonly [topicFilter: string, qos: Qos];
}

type Column = (row: Row) => string | number | boolean | null;

const whenOnline =
  (value: (session: Session) => string | number | null): Column =>
  ({ session }) =>
    session.online ? value(session) : null;

// Process identifiers are made up from the session's serial number: they only tell two of them apart.
const SESSION_COLUMNS: Record<string, Column> = {
  clean_session: ({ session }) => session.cleanSession,
  client_id: ({ session }) => session.clientId,
  deliver_mode: () => "fanout",
  is_offline: ({ session }) => !session.online,
  is_online: ({ session }) => session.online,
  is_plugin: () => false,
  mountpoint: () => "",
  node: ({ node }) => node,
  num_sessions: ({ session }) => (session.online ? 1 : 0),
  offline_messages: ({ session, waiting }) => (session.online ? 0 : waiting),
  online_messages: () => 0,
  peer_host: whenOnline(({ peer }) => peer.address),
  peer_port: whenOnline(({ peer }) => peer.port),
  protocol: whenOnline(({ protocolVersion }) => protocolVersion),
  queue_pid: ({ session }) => `<0.${session.serial}.0>`,
  queue_size: () => null,
  queue_started_at: ({ session }) => session.queueStartedAt,
  session_pid: whenOnline(({ serial }) => `<0.${serial}.1>`),
  session_started_at: whenOnline(({ sessionStartedAt }) => sessionStartedAt),
  statename: ({ session }) => (session.online ? "online" : "offline"),
  user: whenOnline(({ user }) => user),
  waiting_acks: ({ session, waiting }) => (session.online ? waiting : null),
};

/** Asking for one of these gives a row a subscription. */
const SUBSCRIPTION_COLUMNS: Record<string, Column> = {
  topic: ({ subscription }) => subscription?.[0] ?? null,
  qos: ({ subscription }) => subscription?.[1] ?? null,
  no_local: () => null,
  rap: () => null,
};

const COLUMNS = { ...SESSION_COLUMNS, ...SUBSCRIPTION_COLUMNS };

/**
 * `session/show`: `--column` asks for a column, `--column=value` filters (a value that begins with `~` is a regular
 * expression), `--limit=n` is per node, `--rowtimeout=ms` what a row may take. Rows come in no order; those of nodes this one does
 * not hear, or that are slower than the row's time, are missing. An unknown flag is 400, a bad limit 500.
 */
export async function showSessions(
  cluster: Cluster,
  observer: ClusterNode,
  params: URLSearchParams,
): Promise<{ json: unknown } | { status: number }> {
  const flags = [...params].filter(([flag]) => flag !== "--limit" && flag !== "--rowtimeout");
  if (flags.some(([flag]) => !COLUMNS[flag.replace(/^--/, "")] || !flag.startsWith("--"))) return { status: 400 };
  const limit = Number(params.get("--limit") ?? DEFAULT_LIMIT);
  const rowTimeoutMs = Number(params.get("--rowtimeout") ?? DEFAULT_ROW_TIMEOUT_MS);
  if (!Number.isInteger(limit) || !Number.isInteger(rowTimeoutMs)) return { status: 500 };
  // Every node is asked, and a frozen one does not answer.
  await cluster.links.heard(observer.config.name);

  const named = flags.map(([flag, value]) => ({ name: flag.slice(2), value }));
  const filters = named.filter(({ value }) => value !== "").map(({ name, value }) => filterOf(name, value));
  const asked = named.flatMap(({ name, value }) => (value === "" ? [name] : []));
  const columns = (asked.length > 0 ? asked : DEFAULT_COLUMNS).toSorted();
  const perSubscription = named.some(({ name }) => name in SUBSCRIPTION_COLUMNS);

  const taken = new Map<string, number>();
  const table: Record<string, unknown>[] = [];
  for (const row of rowsOf(cluster, visibleNodes(cluster, observer, rowTimeoutMs), perSubscription)) {
    const count = taken.get(row.node) ?? 0;
    if (count >= limit || !filters.every((matches) => matches(row))) continue;
    taken.set(row.node, count + 1);
    table.push(Object.fromEntries(columns.map((name) => [name, COLUMNS[name]?.(row) ?? null])));
  }
  return { json: { table, type: "table" } };
}

/** Labels of the nodes whose rows are shown, by name. */
const visibleNodes = ({ nodes, links }: Cluster, observer: ClusterNode, rowTimeoutMs: number): Map<string, string> =>
  new Map(
    nodes
      .filter(({ config }) => links.reaches(observer.config.name, config.name))
      .flatMap(({ config, label, run }) => (run && run.pace.latencyMs < rowTimeoutMs ? [[config.name, label]] : [])),
  );

function* rowsOf(cluster: Cluster, labels: ReadonlyMap<string, string>, perSubscription: boolean): Generator<Row> {
  for (const session of cluster.random.shuffle([...cluster.core.sessions.all()])) {
    const node = labels.get(session.nodeName);
    if (node === undefined) continue;
    const row = { session, node, waiting: cluster.core.store.waitingMessages(session.clientId) };
    if (perSubscription) for (const subscription of session.subscriptions) yield { ...row, subscription };
    else yield row;
  }
}

function filterOf(name: string, value: string): (row: Row) => boolean {
  const expression = value.startsWith("~") ? new RegExp(value.slice(1)) : null;
  return (row) => {
    const text = String(COLUMNS[name]?.(row));
    return expression ? expression.test(text) : text === value;
  };
}
