/** Which lines a counter has: none but the node; MQTT versions 4 and 5; version 4; or one line a CONNACK return code. */
export type CounterLabels = "none" | "versions" | "version-4" | "connack";

// Names, order, types and help are VerneMQ 2.1.2's. What this broker cannot know is left out rather than shown as zero;
// what it never does (a netsplit, cluster traffic, MQTT 5) truly is zero.
export const COUNTERS = [
  { name: "socket_open", labels: "none", help: "The number of times an MQTT socket has been opened." },
  { name: "socket_close", labels: "none", help: "The number of times an MQTT socket has been closed." },
  {
    name: "socket_close_timeout",
    labels: "none",
    help: "The number of times VerneMQ closed an MQTT socket due to no CONNECT frame has been received on time.",
  },
  { name: "socket_error", labels: "none", help: "The total number of socket errors that have occurred." },
  { name: "bytes_received", labels: "none", help: "The total number of bytes received." },
  { name: "bytes_sent", labels: "none", help: "The total number of bytes sent." },
  { name: "mqtt_connect_received", labels: "versions", help: "The number of CONNECT packets received." },
  { name: "mqtt_publish_received", labels: "versions", help: "The number of PUBLISH packets received." },
  { name: "mqtt_puback_received", labels: "version-4", help: "The number of PUBACK packets received." },
  { name: "mqtt_pubrec_received", labels: "version-4", help: "The number of PUBREC packets received." },
  { name: "mqtt_pubrel_received", labels: "version-4", help: "The number of PUBREL packets received." },
  { name: "mqtt_pubcomp_received", labels: "version-4", help: "The number of PUBCOMP packets received." },
  { name: "mqtt_subscribe_received", labels: "versions", help: "The number of SUBSCRIBE packets received." },
  { name: "mqtt_unsubscribe_received", labels: "versions", help: "The number of UNSUBSCRIBE packets received." },
  { name: "mqtt_pingreq_received", labels: "versions", help: "The number of PINGREQ packets received." },
  { name: "mqtt_disconnect_received", labels: "version-4", help: "The number of DISCONNECT packets received." },
  { name: "mqtt_publish_sent", labels: "versions", help: "The number of PUBLISH packets sent." },
  { name: "mqtt_puback_sent", labels: "version-4", help: "The number of PUBACK packets sent." },
  { name: "mqtt_pubrec_sent", labels: "version-4", help: "The number of PUBREC packets sent." },
  { name: "mqtt_pubrel_sent", labels: "version-4", help: "The number of PUBREL packets sent." },
  { name: "mqtt_pubcomp_sent", labels: "version-4", help: "The number of PUBCOMP packets sent." },
  { name: "mqtt_suback_sent", labels: "versions", help: "The number of SUBACK packets sent." },
  { name: "mqtt_unsuback_sent", labels: "versions", help: "The number of UNSUBACK packets sent." },
  { name: "mqtt_pingresp_sent", labels: "versions", help: "The number of PINGRESP packets sent." },
  { name: "mqtt_publish_auth_error", labels: "versions", help: "The number of unauthorized publish attempts." },
  { name: "mqtt_subscribe_auth_error", labels: "versions", help: "The number of unauthorized subscription attempts." },
  {
    name: "mqtt_invalid_msg_size_error",
    labels: "versions",
    help: "The number of packages exceeding the maximum allowed size.",
  },
  {
    name: "mqtt_publish_error",
    labels: "versions",
    help: "The number of times a PUBLISH operation failed due to a netsplit.",
  },
  {
    name: "mqtt_subscribe_error",
    labels: "versions",
    help: "The number of times a SUBSCRIBE operation failed due to a netsplit.",
  },
  {
    name: "mqtt_unsubscribe_error",
    labels: "versions",
    help: "The number of times an UNSUBSCRIBE operation failed due to a netsplit.",
  },
  {
    name: "client_keepalive_expired",
    labels: "versions",
    help: "The number of clients which failed to communicate within the keepalive time period.",
  },
  { name: "queue_setup", labels: "none", help: "The number of times a MQTT queue process has been started." },
  { name: "queue_teardown", labels: "none", help: "The number of times a MQTT queue process has been terminated." },
  { name: "queue_message_drop", labels: "none", help: "The number of messages dropped due to full queues." },
  { name: "queue_message_expired", labels: "none", help: "The number of messages which expired before delivery." },
  { name: "queue_message_in", labels: "none", help: "The number of PUBLISH packets received by MQTT queue processes." },
  { name: "queue_message_out", labels: "none", help: "The number of PUBLISH packets sent from MQTT queue processes." },
  { name: "cluster_bytes_received", labels: "none", help: "The number of bytes received from other cluster nodes." },
  { name: "cluster_bytes_sent", labels: "none", help: "The number of bytes send to other cluster nodes." },
  {
    name: "cluster_bytes_dropped",
    labels: "none",
    help: "The number of bytes dropped while sending data to other cluster nodes.",
  },
  { name: "router_matches_local", labels: "none", help: "The number of matched local subscriptions." },
  { name: "router_matches_remote", labels: "none", help: "The number of matched remote subscriptions." },
  { name: "mqtt_connack_sent", labels: "connack", help: "The number of CONNACK packets sent." },
  { name: "netsplit_resolved", labels: "none", help: "The number of resolved netsplits." },
  { name: "netsplit_detected", labels: "none", help: "The number of detected netsplits." },
] as const satisfies readonly { name: string; labels: CounterLabels; help: string }[];

/** What is read at the moment of asking. */
export const READINGS = [
  { name: "total_active_connections", type: "gauge", help: "The total number of active MQTT and MQTTWS connections." },
  { name: "active_mqtt_connections", type: "gauge", help: "The number of active MQTT(S) connections." },
  { name: "active_mqttws_connections", type: "gauge", help: "The number of active MQTT WS(S) connections." },
  { name: "queue_processes", type: "gauge", help: "The number of MQTT queue processes." },
  { name: "retain_messages", type: "gauge", help: "The number of currently stored retained messages." },
  { name: "router_subscriptions", type: "gauge", help: "The number of subscriptions in the routing table." },
  { name: "system_utilization", type: "gauge", help: "The average system (scheduler) utilization (percentage)." },
  { name: "vm_memory_binary", type: "gauge", help: "The amount of memory allocated for binaries." },
  { name: "vm_memory_processes_used", type: "gauge", help: "The amount of memory used by processes." },
  { name: "vm_memory_processes", type: "gauge", help: "The amount of memory allocated for processes." },
  { name: "vm_memory_total", type: "gauge", help: "The total amount of memory allocated." },
  { name: "system_wallclock", type: "counter", help: "The number of milli-seconds passed since the node was started." },
  {
    name: "system_runtime",
    type: "counter",
    help: "The sum of the runtime for all threads in the Erlang runtime system.",
  },
] as const satisfies readonly { name: string; type: "gauge" | "counter"; help: string }[];

/** Return codes of CONNACK in 3.1.1, by VerneMQ's names; the index is the code. */
export const CONNACK_NAMES = [
  "success",
  "unsupported_protocol_version",
  "client_identifier_not_valid",
  "server_unavailable",
  "bad_username_or_password",
  "not_authorized",
] as const;

/** The three counters of a hook. */
export const HOOK_COUNTERS = {
  bytes_sent: "Number of bytes sent to",
  errors: "Number of errors calling",
  requests: "Number of requests to",
} as const;
