import { HOOK_COUNTERS, HOOKS_WITH_COUNTERS, METRIC_ROWS, type MetricRow } from "./metrics-catalogue";
import { CONNACK_NAMES, HISTOGRAM_LINES, LABEL_SETS } from "./metrics-labels";

/** Counters of a node without a label. */
export type PlainCounter =
  | "socket_open"
  | "socket_close"
  | "socket_close_timeout"
  | "socket_error"
  | "bytes_received"
  | "bytes_sent"
  | "queue_setup"
  | "queue_teardown"
  | "queue_message_drop"
  | "queue_message_unhandled"
  | "queue_message_in"
  | "queue_message_out"
  | "cluster_bytes_received"
  | "cluster_bytes_sent"
  | "cluster_bytes_dropped"
  | "router_matches_local"
  | "router_matches_remote"
  | "netsplit_detected"
  | "netsplit_resolved"
  | `webhooks_${(typeof HOOKS_WITH_COUNTERS)[number]}_${keyof typeof HOOK_COUNTERS}`;

type Packet = "connect" | "publish" | "puback" | "pubrec" | "pubrel" | "pubcomp" | "pingreq" | "disconnect";
type Answer = "publish" | "puback" | "pubrec" | "pubrel" | "pubcomp" | "suback" | "unsuback" | "pingresp";
type Refusal = "publish_auth" | "subscribe_auth" | "invalid_msg_size" | "publish" | "subscribe" | "unsubscribe";

/** Counters that have a line for each protocol version. */
export type VersionCounter =
  | `mqtt_${Packet | "subscribe" | "unsubscribe"}_received`
  | `mqtt_${Answer}_sent`
  | `mqtt_${Refusal}_error`
  | "client_keepalive_expired";

/** What is read at the moment of asking; what VerneMQ has besides is 0 here. */
export type Reading =
  | "total_active_connections"
  | "active_mqtt_connections"
  | "active_mqttws_connections"
  | "queue_processes"
  | "retain_memory"
  | "retain_messages"
  | "router_subscriptions"
  | "system_utilization"
  | "vm_memory_binary"
  | "vm_memory_processes_used"
  | "vm_memory_processes"
  | "vm_memory_total"
  | "system_wallclock"
  | "system_runtime";

export type Readings = Readonly<Record<Reading, number>>;

const VERSION_4 = 'mqtt_version="4"';
const VERSION_5 = 'mqtt_version="5"';

/** Counters of one run of a node: they begin at zero when it starts. */
export class NodeMetrics {
  // By name, "|" and labels, as they stand in `/metrics`.
  private readonly values = new Map<string, number>();

  add(name: PlainCounter, by = 1): void {
    this.bump(`${name}|`, by);
  }

  /** Counts something of a connection by its protocol version; 3.1 counts as 3.1.1, as in VerneMQ. */
  addVersioned(name: VersionCounter, protocolVersion: number): void {
    this.bump(`${name}|${protocolVersion === 5 ? VERSION_5 : VERSION_4}`, 1);
  }

  addConnack(returnCode: number): void {
    const name = CONNACK_NAMES[returnCode];
    if (name) this.bump(`mqtt_connack_sent|${VERSION_4},return_code="${name}"`, 1);
  }

  /** The value of a plain counter. */
  value(name: PlainCounter): number {
    return this.values.get(`${name}|`) ?? 0;
  }

  /** The value of a counter over all protocol versions. */
  versionedValue(name: VersionCounter): number {
    return (this.values.get(`${name}|${VERSION_4}`) ?? 0) + (this.values.get(`${name}|${VERSION_5}`) ?? 0);
  }

  /** The Prometheus text of VerneMQ's `/metrics`: HELP, TYPE, lines, in its order. */
  toText(input: { label: string; readings: Readings }): string {
    const node = `node="${input.label}"`;
    const readings: Readonly<Record<string, number>> = input.readings;
    const lines: string[] = [];
    const begin = (name: string, type: string, help: string): void => {
      lines.push(`# HELP vernemq_${name} ${help}`, `# TYPE vernemq_${name} ${type}`);
    };
    const sample = (name: string, labels: string): void => {
      const value = readings[name] ?? this.values.get(`${name}|${labels}`) ?? 0;
      lines.push(`vernemq_${name}{${labels === "" ? node : `${node},${labels}`}} ${value}`);
    };
    for (const row of METRIC_ROWS) {
      if (row.help !== "^") begin(row.name, row.type, row.help);
      for (const [suffix, labels] of linesOf(row)) sample(row.name + suffix, labels);
    }
    for (const hook of HOOKS_WITH_COUNTERS)
      for (const [kind, words] of Object.entries(HOOK_COUNTERS)) {
        const name = `webhooks_${hook}_${kind}`;
        begin(name, "counter", `${words} ${hook} webhooks`);
        sample(name, "");
      }
    return `${lines.join("\n")}\n`;
  }

  private bump(key: string, by: number): void {
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }
}

const linesOf = ({ labels }: MetricRow): readonly (readonly [suffix: string, labels: string])[] =>
  labels === "histogram" ? HISTOGRAM_LINES : LABEL_SETS[labels].map((line) => ["", line] as const);
