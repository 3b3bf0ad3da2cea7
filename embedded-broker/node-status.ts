import type { Cluster, ClusterNode } from "./cluster";
import type { NodeRun } from "./node-run";
import { RESPONSE_TIMEOUT_MS } from "./webhook-call";

// VerneMQ's default, shown; this broker has no limit of its own.
const MAX_CONNECTIONS = 50_000;
const ADDRESS = "127.0.0.1";
// VerneMQ's default limit of a table.
const MAX_ROWS = 100;

export const OK_HEALTH = { status: "OK" };

/** `/health/listeners_full_cluster`, as this node knows it: 503 with the recorded reason. */
export function fullClusterHealth({ links }: Cluster, observer: ClusterNode): { json: unknown; status: number } {
  return links.isWhole(observer.config.name)
    ? { status: 200, json: OK_HEALTH }
    : { status: 503, json: { status: "DOWN", reasons: ["At least one node is offline"] } };
}

/** Is the node running, as far as the observer knows? A frozen one is until it is noticed. */
const seesRunning = ({ links }: Cluster, observer: ClusterNode, { config }: ClusterNode): boolean =>
  links.sight(observer.config.name, config.name) !== "down";

/** `cluster/show`, in no order. */
export const clusterTable = (cluster: Cluster, observer: ClusterNode) => ({
  table: cluster.random
    .shuffle(cluster.nodes)
    .map((node) => ({ Node: node.label, Running: seesRunning(cluster, observer, node) })),
  type: "table",
});

const portsOf = ({ config }: ClusterNode) => [
  { type: "mqtt" as const, port: config.mqttPort },
  ...(config.tlsPort === undefined ? [] : [{ type: "mqtts" as const, port: config.tlsPort }]),
  { type: "mqttws" as const, port: config.wsPort },
  { type: "http" as const, port: config.httpPort },
];

/** `retain/show`. */
export const retainTable = ({ core }: Cluster, params: URLSearchParams) => ({
  table: [...core.store.retained()]
    .slice(0, Number(params.get("--limit") ?? MAX_ROWS))
    .map(([topic, payload]) => ({ payload: payload.toString(), topic })),
  type: "table",
});

/** `webhooks/show`, of this node only. The endpoint holds the node's secret: whoever may read this may forge hooks. */
export const webhookTable = ({ config }: ClusterNode) => ({
  table: config.hooks
    .toSorted((one, other) => other.localeCompare(one))
    .map((hook) => ({
      hook,
      endpoint: config.hookUrl,
      base64payload: true,
      response_timeout: RESPONSE_TIMEOUT_MS,
    })),
  type: "table",
});

/** `listener/show`, of this node only. */
export const listenerTable = (node: ClusterNode, run: NodeRun) => ({
  table: portsOf(node).map(({ type, port }) => {
    const connections = type === "http" ? 0 : run.openSockets(type);
    return {
      type,
      status: "running",
      address: ADDRESS,
      port: String(port),
      mountpoint: "",
      max_conns: MAX_CONNECTIONS,
      active_conns: connections,
      all_conns: connections,
    };
  }),
  type: "table",
});

/** `/status.json`: an array of one object, by node; those that are down are missing. */
export const clusterStatus = (cluster: Cluster, observer: ClusterNode) => [
  Object.fromEntries(
    cluster.nodes
      .filter((node) => seesRunning(cluster, observer, node))
      .flatMap((node) => (node.run ? [[node.label, nodeStatus(cluster, node, node.run)]] : [])),
  ),
];

function nodeStatus(cluster: Cluster, node: ClusterNode, { metrics }: NodeRun) {
  const sessions = [...cluster.core.sessions.all()];
  const own = sessions.filter(({ nodeName }) => nodeName === node.config.name);
  const online = own.filter((session) => session.online).length;
  return {
    num_online: online,
    num_offline: own.length - online,
    msg_in: metrics.versionedValue("mqtt_publish_received"),
    msg_out: metrics.versionedValue("mqtt_publish_sent"),
    queue_in: metrics.value("queue_message_in"),
    queue_out: metrics.value("queue_message_out"),
    queue_drop: metrics.value("queue_message_drop"),
    queue_unhandled: metrics.value("queue_message_unhandled"),
    num_subscriptions: sessions.reduce((sum, { subscriptions }) => sum + subscriptions.size, 0),
    num_retained: cluster.core.store.retained().size,
    matches_local: metrics.value("router_matches_local"),
    matches_remote: metrics.value("router_matches_remote"),
    version: "embedded",
    mystatus: [Object.fromEntries(cluster.nodes.map((each) => [each.label, seesRunning(cluster, node, each)]))],
    listeners: portsOf(node).map(({ type, port }) => ({
      type,
      status: "running",
      ip: ADDRESS,
      port,
      mountpoint: [],
      max_conns: MAX_CONNECTIONS,
    })),
  };
}
