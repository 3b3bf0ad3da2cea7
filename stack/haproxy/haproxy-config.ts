/** A node behind the balancer. */
export interface BalancedNode {
  name: string;
  mqttPort: number;
  wsPort: number;
  adminPort: number;
}

export interface HaproxyConfigInput {
  nodes: readonly BalancedNode[];
  /** Where devices connect. */
  ports: { mqtt: number; mqtts: number; ws: number };
  /** Certificate and key in one file. */
  pemFile: string;
  /** Where HAProxy is asked and told: `show servers state`, `set server subscribers/sub-1 state drain`. */
  socketFile: string;
}

// Two descriptors a connection, below the 20 000 a process has here.
const MAX_CONNECTIONS = 9_000;

/**
 * HAProxy's configuration: devices to the subscriber node with the fewest connections, by TCP, TLS (ended here) and WebSocket, with
 * the PROXY protocol, so that a node knows its devices' own addresses. Each node is asked for its health; the connections of one that
 * does not answer are cut, so that no device stays on a node that is frozen: its socket would be open and silent for ever.
 */
export function haproxyConfig({ nodes, ports, pemFile, socketFile }: HaproxyConfigInput): string {
  const backend = (name: string, portOf: (node: BalancedNode) => number): string[] => [
    `backend ${name}`,
    "    balance leastconn",
    "    option httpchk GET /health",
    "    http-check expect status 200",
    "    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions send-proxy-v2",
    ...nodes.map((node) => `    server ${node.name} 127.0.0.1:${portOf(node)} check port ${node.adminPort}`),
    "",
  ];
  return [
    "global",
    `    maxconn ${MAX_CONNECTIONS}`,
    `    stats socket ${socketFile} mode 600 level admin`,
    "    ssl-default-bind-options ssl-min-ver TLSv1.2",
    "",
    "defaults",
    "    mode tcp",
    "    timeout connect 3s",
    "    timeout check 1s",
    // A keep alive of 60 s expires after 135 s at the latest: the broker ends a silent connection, not the balancer.
    "    timeout client 150s",
    "    timeout server 150s",
    "    option redispatch",
    "",
    "frontend mqtt",
    `    bind 127.0.0.1:${ports.mqtt}`,
    "    default_backend subscribers",
    "",
    "frontend mqtts",
    `    bind 127.0.0.1:${ports.mqtts} ssl crt ${pemFile}`,
    "    default_backend subscribers",
    "",
    "frontend websocket",
    `    bind 127.0.0.1:${ports.ws}`,
    "    default_backend websockets",
    "",
    ...backend("subscribers", ({ mqttPort }) => mqttPort),
    ...backend("websockets", ({ wsPort }) => wsPort),
  ].join("\n");
}
