import { LABEL_SETS, type LabelSet } from "./metrics-labels";

/** Lines of one metric that stand together in VerneMQ's `/metrics`. */
export interface MetricRow {
  type: "counter" | "gauge" | "histogram";
  name: string;
  labels: LabelSet | "histogram";
  help: string;
}

// type, name, labels, help: all names, in the order, of a node of VerneMQ 2.1.2 (test/fixtures/vernemq/metrics). "^": more lines of a
// metric that stands above. What this broker never counts is 0; README.md says which those are.
const ROWS = `
counter socket_open - The number of times an MQTT socket has been opened.
counter socket_close - The number of times an MQTT socket has been closed.
counter socket_close_timeout - The number of times VerneMQ closed an MQTT socket due to no CONNECT frame has been received on time.
counter socket_error - The total number of socket errors that have occurred.
counter bytes_received - The total number of bytes received.
counter bytes_sent - The total number of bytes sent.
counter mqtt_connect_received versions The number of CONNECT packets received.
counter mqtt_publish_received versions The number of PUBLISH packets received.
counter mqtt_puback_received version-4 The number of PUBACK packets received.
counter mqtt_pubrec_received version-4 The number of PUBREC packets received.
counter mqtt_pubrel_received version-4 The number of PUBREL packets received.
counter mqtt_pubcomp_received version-4 The number of PUBCOMP packets received.
counter mqtt_subscribe_received versions The number of SUBSCRIBE packets received.
counter mqtt_unsubscribe_received versions The number of UNSUBSCRIBE packets received.
counter mqtt_pingreq_received versions The number of PINGREQ packets received.
counter mqtt_disconnect_received version-4 The number of DISCONNECT packets received.
counter mqtt_connack_accepted_sent version-4 The number of times a connection has been accepted.
counter mqtt_connack_unacceptable_protocol_sent version-4 The number of times the broker is not able to support the requested protocol.
counter mqtt_connack_identifier_rejected_sent version-4 The number of times a client was rejected due to a unacceptable identifier.
counter mqtt_connack_server_unavailable_sent version-4 The number of times a client was rejected due the the broker being unavailable.
counter mqtt_connack_bad_credentials_sent version-4 The number of times a client sent bad credentials.
counter mqtt_connack_not_authorized_sent version-4 The number of times a client was rejected due to insufficient authorization.
counter mqtt_publish_sent versions The number of PUBLISH packets sent.
counter mqtt_puback_sent version-4 The number of PUBACK packets sent.
counter mqtt_pubrec_sent version-4 The number of PUBREC packets sent.
counter mqtt_pubrel_sent version-4 The number of PUBREL packets sent.
counter mqtt_pubcomp_sent version-4 The number of PUBCOMP packets sent.
counter mqtt_suback_sent versions The number of SUBACK packets sent.
counter mqtt_unsuback_sent versions The number of UNSUBACK packets sent.
counter mqtt_pingresp_sent versions The number of PINGRESP packets sent.
counter mqtt_publish_auth_error versions The number of unauthorized publish attempts.
counter mqtt_subscribe_auth_error versions The number of unauthorized subscription attempts.
counter mqtt_invalid_msg_size_error versions The number of packages exceeding the maximum allowed size.
counter mqtt_puback_invalid_error versions The number of unexpected PUBACK messages received.
counter mqtt_pubrec_invalid_error version-4 The number of unexpected PUBREC messages received.
counter mqtt_pubcomp_invalid_error versions The number of unexpected PUBCOMP messages received.
counter mqtt_publish_error versions The number of times a PUBLISH operation failed due to a netsplit.
counter mqtt_subscribe_error versions The number of times a SUBSCRIBE operation failed due to a netsplit.
counter mqtt_unsubscribe_error versions The number of times an UNSUBSCRIBE operation failed due to a netsplit.
counter client_keepalive_expired versions The number of clients which failed to communicate within the keepalive time period.
counter queue_setup - The number of times a MQTT queue process has been started.
counter queue_initialized_from_storage - The number of times a MQTT queue process has been initialized from offline storage.
counter queue_teardown - The number of times a MQTT queue process has been terminated.
counter queue_message_drop - The number of messages dropped due to full queues.
counter queue_message_expired - The number of messages which expired before delivery.
counter queue_message_unhandled - The number of unhandled messages when connecting with clean session=true or QoS0 for offline sessions.
counter queue_message_in - The number of PUBLISH packets received by MQTT queue processes.
counter queue_message_out - The number of PUBLISH packets sent from MQTT queue processes.
counter client_expired - Not in use (deprecated)
counter cluster_bytes_received - The number of bytes received from other cluster nodes.
counter cluster_bytes_sent - The number of bytes send to other cluster nodes.
counter cluster_bytes_dropped - The number of bytes dropped while sending data to other cluster nodes.
counter router_matches_local - The number of matched local subscriptions.
counter router_matches_remote - The number of matched remote subscriptions.
counter mqtt_connack_sent return-codes The number of CONNACK packets sent.
counter mqtt_disconnect_received disconnect-received ^
counter mqtt_disconnect_sent disconnect-sent The number of DISCONNECT packets sent.
counter mqtt_connack_sent connack-sent ^
counter mqtt_puback_sent acknowledgements ^
counter mqtt_puback_received acknowledgements ^
counter mqtt_pubrec_sent acknowledgements ^
counter mqtt_pubrec_received acknowledgements ^
counter mqtt_pubrel_sent releases ^
counter mqtt_pubrel_received releases ^
counter mqtt_pubcomp_sent releases ^
counter mqtt_pubcomp_received releases ^
counter mqtt_auth_sent auth The number of AUTH packets sent.
counter mqtt_auth_received auth The number of AUTH packets received.
gauge total_active_connections - The total number of active MQTT and MQTTWS connections.
gauge active_mqtt_connections - The number of active MQTT(S) connections.
gauge active_mqttws_connections - The number of active MQTT WS(S) connections.
gauge queue_processes - The number of MQTT queue processes.
gauge retain_memory - The number of bytes used for storing retained messages.
gauge retain_messages - The number of currently stored retained messages.
gauge router_memory - The number of bytes used by the routing table.
gauge router_subscriptions - The number of subscriptions in the routing table.
counter netsplit_resolved - The number of resolved netsplits.
counter netsplit_detected - The number of detected netsplits.
gauge system_utilization_scheduler_4 - Scheduler 4 utilization (percentage)
gauge system_utilization_scheduler_3 - Scheduler 3 utilization (percentage)
gauge system_utilization_scheduler_2 - Scheduler 2 utilization (percentage)
gauge system_utilization_scheduler_1 - Scheduler 1 utilization (percentage)
gauge system_utilization - The average system (scheduler) utilization (percentage).
gauge vm_memory_ets - The amount of memory allocated for ETS tables.
gauge vm_memory_code - The amount of memory allocated for code.
gauge vm_memory_binary - The amount of memory allocated for binaries.
gauge vm_memory_atom_used - The amount of memory used by atoms.
gauge vm_memory_atom - The amount of memory allocated for atoms.
gauge vm_memory_system - The amount of memory allocated for the emulator.
gauge vm_memory_processes_used - The amount of memory used by processes.
gauge vm_memory_processes - The amount of memory allocated for processes.
gauge vm_memory_total - The total amount of memory allocated.
gauge system_process_count - The number of Erlang processes.
counter system_wallclock - The number of milli-seconds passed since the node was started.
counter system_runtime - The sum of the runtime for all threads in the Erlang runtime system.
gauge system_run_queue - The total number of processes and ports ready to run on all run-queues.
counter system_reductions - The number of reductions performed in the VM since the node was started.
counter system_io_out - The total number of bytes sent through ports.
counter system_io_in - The total number of bytes received through ports.
counter system_words_reclaimed_by_gc - The number of words reclaimed by the garbage collector.
counter system_gc_count - The number of garbage collections performed.
counter system_exact_reductions - The exact number of reductions performed.
counter system_context_switches - The total number of context switches.
histogram metadata_delete_microseconds histogram A histogram of the metadata delete latency.
histogram storage_scan_microseconds histogram A histogram of the storage scan latency.
histogram metadata_fold_microseconds histogram A histogram of the metadata fold latency.
histogram metadata_get_microseconds histogram A histogram of the metadata get latency.
histogram storage_write_microseconds histogram A histogram of the storage write latency.
histogram metadata_put_microseconds histogram A histogram of the metadata put latency.
histogram storage_read_microseconds histogram A histogram of the storage read latency.
gauge swc_dotkeymap_memory groups The number of words allocated to the SWC group dotkeymap.
gauge swc_object_count groups The number of replicated objects by this SWC group.
gauge swc_tombstone_count groups The number of replicated tombstones by this SWC group.
`;

/** Every metric but those of webhooks. */
export const METRIC_ROWS: readonly MetricRow[] = ROWS.trim()
  .split("\n")
  .map((line) => {
    const [type = "", name = "", labels = "", ...help] = line.split(" ");
    return { type: typeOf(type), name, labels: labelsOf(labels), help: help.join(" ") };
  });

/** Hooks that have counters, in VerneMQ's order: all it knows, registered or not. */
export const HOOKS_WITH_COUNTERS = [
  "on_client_gone",
  "on_client_offline",
  "on_client_wakeup",
  "on_config_change",
  "on_offline_message",
  "on_session_expired",
  "on_topic_unsubscribed",
  "on_message_drop",
  "on_subscribe_m5",
  "on_subscribe",
  "on_publish_m5",
  "on_publish",
  "on_unsubscribe_m5",
  "on_unsubscribe",
  "on_deliver_m5",
  "on_deliver",
  "on_auth_m5",
  "auth_on_subscribe_m5",
  "auth_on_subscribe",
  "auth_on_register_m5",
  "auth_on_register",
  "auth_on_publish_m5",
  "auth_on_publish",
  "on_register_m5",
  "on_register",
] as const;

/** The three counters of a hook. */
export const HOOK_COUNTERS = {
  bytes_sent: "Number of bytes sent to",
  errors: "Number of errors calling",
  requests: "Number of requests to",
} as const;

function typeOf(word: string): MetricRow["type"] {
  if (word === "counter" || word === "gauge" || word === "histogram") return word;
  throw new Error(`Not a type of metric: ${word}`);
}

function labelsOf(word: string): MetricRow["labels"] {
  if (word === "histogram" || Object.hasOwn(LABEL_SETS, word)) return word as MetricRow["labels"];
  throw new Error(`Not a set of labels: ${word}`);
}
