import type { Cluster, ClusterNode } from "./cluster";

/** Everything the control port can change, as it is now. Hook URLs and keys are never shown. */
export const controlState = (cluster: Cluster) => ({
  seed: cluster.seed,
  timeScale: cluster.clock.timeScale,
  nodes: cluster.nodes.map((node) => nodeState(cluster, node)),
  netsplit: cluster.links.netsplit,
  allowDuringNetsplit: cluster.rules,
  persistentExpirationSeconds: cluster.expiry.afterSeconds,
  hooks: {
    faults: cluster.faults.list,
    unreachableFrom: cluster.nodes.map(({ config }) => config.name).filter((name) => !cluster.faults.isReachable(name)),
  },
});

function nodeState({ core, links, nodes, stateOf }: Cluster, { config, run, ended }: ClusterNode) {
  const { name, role, mqttPort, tlsPort, wsPort, httpPort } = config;
  const sessions = [...core.sessions.all()].filter(({ nodeName }) => nodeName === name);
  const online = sessions.filter((session) => session.online).length;
  return {
    name,
    role,
    state: stateOf(name),
    ended,
    hooks: config.hooks,
    latencyMs: run?.pace.latencyMs ?? 0,
    sees: Object.fromEntries(nodes.map((other) => [other.config.name, links.sight(name, other.config.name)])),
    sessions: { online, offline: sessions.length - online },
    mqttPort,
    tlsPort,
    wsPort,
    httpPort,
  };
}
