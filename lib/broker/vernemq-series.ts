import { SERIES_METRICS, type SeriesMetric } from "@/lib/cluster/schemas";
import type { Sample } from "./prometheus-text";

/** Where a kept metric comes from. */
export interface Source {
  /** Names of VerneMQ's metrics, without `vernemq_`; what is found of them is summed over their labels. */
  names: readonly [string, ...string[]];
  /** Which of the samples by their return_code (3.1.1) or reason_code (5.0). */
  code?: { only: readonly string[] } | { except: readonly string[] };
}

const metric = (...names: [string, ...string[]]): Source => ({ names });
const hooks = (suffix: string, ...hookNames: [string, ...string[]]): Source => {
  const [first, ...rest] = hookNames.map((hook) => `webhooks_${hook}_${suffix}`);
  return { names: [first ?? "", ...rest] };
};
const connack = (...only: string[]): Source => ({ names: ["mqtt_connack_sent"], code: { only } });

const SIGN_IN = ["auth_on_register", "auth_on_register_m5"] as const;
/** The hooks presence lives by; they take no answer, so an error of theirs is an event that was lost. */
const PRESENCE = [
  "on_client_wakeup",
  "on_client_offline",
  "on_client_gone",
  "on_register",
  "on_register_m5",
  "on_session_expired",
] as const;

const SOURCES: Record<SeriesMetric, Source> = {
  uptime_ms: metric("system_wallclock"),
  connections: metric("total_active_connections"),
  connections_tcp: metric("active_mqtt_connections"),
  connections_websocket: metric("active_mqttws_connections"),
  sessions: metric("queue_processes"),
  sockets_opened: metric("socket_open"),
  sockets_closed: metric("socket_close"),
  socket_errors: metric("socket_error"),
  sockets_without_connect: metric("socket_close_timeout"),
  bytes_received: metric("bytes_received"),
  bytes_sent: metric("bytes_sent"),
  connects_received: metric("mqtt_connect_received"),
  connects_accepted: connack("success"),
  connects_refused: { names: ["mqtt_connack_sent"], code: { except: ["success"] } },
  refused_not_authorized: connack("not_authorized"),
  refused_bad_credentials: connack("bad_username_or_password"),
  refused_identifier: connack("client_identifier_not_valid"),
  refused_unavailable: connack("server_unavailable", "server_busy"),
  disconnects_received: metric("mqtt_disconnect_received"),
  disconnects_sent: metric("mqtt_disconnect_sent"),
  keep_alive_expired: metric("client_keepalive_expired"),
  sessions_expired: metric("client_expired"),
  publishes_received: metric("mqtt_publish_received"),
  publishes_sent: metric("mqtt_publish_sent"),
  publishes_denied: metric("mqtt_publish_auth_error"),
  publish_errors: metric("mqtt_publish_error"),
  subscribes_received: metric("mqtt_subscribe_received"),
  subscribes_denied: metric("mqtt_subscribe_auth_error"),
  unsubscribes_received: metric("mqtt_unsubscribe_received"),
  pubacks_received: metric("mqtt_puback_received"),
  pubacks_sent: metric("mqtt_puback_sent"),
  pubcomps_received: metric("mqtt_pubcomp_received"),
  pubcomps_sent: metric("mqtt_pubcomp_sent"),
  pings_received: metric("mqtt_pingreq_received"),
  queue_in: metric("queue_message_in"),
  queue_out: metric("queue_message_out"),
  queue_dropped: metric("queue_message_drop"),
  queue_expired: metric("queue_message_expired"),
  queue_unhandled: metric("queue_message_unhandled"),
  queues_set_up: metric("queue_setup"),
  queues_torn_down: metric("queue_teardown"),
  retained_messages: metric("retain_messages"),
  subscriptions: metric("router_subscriptions"),
  matches_local: metric("router_matches_local"),
  matches_remote: metric("router_matches_remote"),
  cluster_bytes_received: metric("cluster_bytes_received"),
  cluster_bytes_sent: metric("cluster_bytes_sent"),
  cluster_bytes_dropped: metric("cluster_bytes_dropped"),
  netsplits_detected: metric("netsplit_detected"),
  netsplits_resolved: metric("netsplit_resolved"),
  scheduler_utilization: metric("system_utilization"),
  run_queue: metric("system_run_queue"),
  vm_processes: metric("system_process_count"),
  vm_memory_bytes: metric("vm_memory_total"),
  hook_sign_in_requests: hooks("requests", ...SIGN_IN),
  hook_sign_in_errors: hooks("errors", ...SIGN_IN),
  hook_presence_requests: hooks("requests", ...PRESENCE),
  hook_presence_errors: hooks("errors", ...PRESENCE),
  hook_subscribe_errors: hooks("errors", "auth_on_subscribe", "auth_on_subscribe_m5"),
  hook_publish_errors: hooks("errors", "auth_on_publish", "auth_on_publish_m5"),
};

/** What a metric is read from, for those who ask a Prometheus for it. Names without `vernemq_`. */
export const seriesSourceOf = (name: SeriesMetric): Readonly<Source> => SOURCES[name];

/** VerneMQ's name of what a metric is read from; of several, the first. */
export const sourceOf = (name: SeriesMetric): string => SOURCES[name].names[0];

/** Values in the order of SERIES_METRICS, null where no sample fits. `samples` carry names without the prefix. */
export function seriesValues(samples: readonly Sample[]): (number | null)[] {
  const byName = new Map<string, Sample[]>();
  for (const sample of samples) {
    const known = byName.get(sample.name);
    if (known) known.push(sample);
    else byName.set(sample.name, [sample]);
  }
  return SERIES_METRICS.map(({ name }) => sumOf(SOURCES[name], byName));
}

function sumOf(source: Source, byName: ReadonlyMap<string, readonly Sample[]>): number | null {
  const fitting = source.names.flatMap((name) => byName.get(name) ?? []).filter((sample) => fits(sample, source));
  return fitting.length === 0 ? null : fitting.reduce((sum, sample) => sum + sample.value, 0);
}

function fits(sample: Sample, { code }: Source): boolean {
  if (!code) return true;
  const own = sample.labels.return_code ?? sample.labels.reason_code ?? "";
  return "only" in code ? code.only.includes(own) : !code.except.includes(own);
}
