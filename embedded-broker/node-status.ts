import type { Cluster, ClusterNode } from "./cluster";
import type { NodeRun } from "./node-run";

// VerneMQ's default, shown; this broker has no limit of its own.
const MAX_CONNECTIONS = 50_000;
const ADDRESS = "127.0.0.1";

/** A node is up while it answers at all: its listeners open and close with it. */
export const OK_HEALTH = { status: "OK" };

/** `/health/listeners_full_cluster`: 503 with a reason for each node that is down. */
export function fullClusterHealth({ nodes }: Cluster): { json: unknown; status: number } {
  const down = nodes.filter(({ run }) => !run).map(({ label }) => `node ${label} is not reachable`);
  return down.length === 0
    ? { status: 200, json: OK_HEALTH }
    : { status: 503, json: { status: "DOWN", reasons: down } };
}

export const clusterTable = ({ nodes }: Cluster) => ({
  table: nodes.map(({ label, run }) => ({ Node: label, Running: run !== null })),
  type: "table",
});

const portsOf = ({ config }: ClusterNode) => [
  { type: "mqtt" as const, port: config.mqttPort },
  { type: "mqttws" as const, port: config.wsPort },
  { type: "http" as const, port: config.httpPort },
];

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

/** One entry of `/status.json`, or none when the node is down. */
export function nodeStatus(cluster: Cluster, node: ClusterNode): [string, unknown][] {
  const { run, label } = node;
  if (!run) return [];
  const { metrics } = run;
  const sessions = [...cluster.core.sessions.all()];
  const own = sessions.filter(({ nodeName }) => nodeName === node.config.name);
  const online = own.filter((session) => session.online).length;
  const status = {
    num_online: online,
    num_offline: own.length - online,
    msg_in: metrics.versionedValue("mqtt_publish_received"),
    msg_out: metrics.versionedValue("mqtt_publish_sent"),
    queue_in: metrics.value("queue_message_in"),
    queue_out: metrics.value("queue_message_out"),
    queue_drop: metrics.value("queue_message_drop"),
    queue_unhandled: 0,
    num_subscriptions: sessions.reduce((sum, { subscriptions }) => sum + subscriptions.size, 0),
    num_retained: cluster.core.store.retainedMessages(),
    matches_local: metrics.value("router_matches_local"),
    matches_remote: metrics.value("router_matches_remote"),
    version: "embedded",
    mystatus: [Object.fromEntries(cluster.nodes.map((each) => [each.label, each.run !== null]))],
    listeners: portsOf(node).map(({ type, port }) => ({
      type,
      status: "running",
      ip: ADDRESS,
      port,
      mountpoint: [],
      max_conns: MAX_CONNECTIONS,
    })),
  };
  return [[label, status]];
}
