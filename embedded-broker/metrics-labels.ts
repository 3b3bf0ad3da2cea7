/** Return codes of CONNACK in 3.1.1, by VerneMQ's names; the index is the code. */
export const CONNACK_NAMES = [
  "success",
  "unsupported_protocol_version",
  "client_identifier_not_valid",
  "server_unavailable",
  "bad_username_or_password",
  "not_authorized",
] as const;

const reasons = (words: string): string[] => words.split(" ").map((word) => `mqtt_version="5",reason_code="${word}"`);

/** Labels of each line of a metric, besides the node. */
export const LABEL_SETS = {
  "-": [""],
  versions: ['mqtt_version="4"', 'mqtt_version="5"'],
  "version-4": ['mqtt_version="4"'],
  "return-codes": CONNACK_NAMES.map((name) => `mqtt_version="4",return_code="${name}"`),
  "disconnect-received": reasons(
    "normal_disconnect disconnect_with_will_msg unspecified_error malformed_packet protocol_error impl_specific_error topic_name_invalid receive_max_exceeded topic_alias_invalid packet_too_large message_rate_too_high quota_exceeded administrative_action payload_format_invalid",
  ),
  "disconnect-sent": reasons(
    "normal_disconnect unspecified_error malformed_packet protocol_error impl_specific_error not_authorized server_busy server_shutting_down keep_alive_timeout session_taken_over topic_filter_invalid topic_name_invalid receive_max_exceeded topic_alias_invalid packet_too_large message_rate_too_high quota_exceeded administrative_action payload_format_invalid retain_not_supported qos_not_supported use_another_server server_moved shared_subs_not_supported connection_rate_exceeded max_connect_time subscription_ids_not_supported wildcard_subs_not_supported",
  ),
  "connack-sent": reasons(
    "success unspecified_error malformed_packet protocol_error impl_specific_error unsupported_protocol_version client_identifier_not_valid bad_username_or_password not_authorized server_unavailable server_busy banned bad_authentication_method topic_name_invalid packet_too_large quota_exceeded payload_format_invalid retain_not_supported qos_not_supported use_another_server server_moved connection_rate_exceeded",
  ),
  acknowledgements: reasons(
    "success no_matching_subscribers unspecified_error impl_specific_error not_authorized topic_name_invalid packet_id_in_use quota_exceeded payload_format_invalid",
  ),
  releases: reasons("success packet_id_not_found"),
  auth: reasons("success continue_authentication reauthenticate"),
  groups: ["1", "10", "2", "3", "4", "5", "6", "7", "8", "9"].map((group) => `group="meta${group}"`),
} as const satisfies Record<string, readonly string[]>;

export type LabelSet = keyof typeof LABEL_SETS;

/** Lines of a histogram in VerneMQ's order: suffix of the name, and labels. */
export const HISTOGRAM_LINES: readonly (readonly [suffix: string, labels: string])[] = [
  ...["+Inf", "1000000", "100000", "10000", "1000", "100", "10"].map((le) => ["_bucket", `le="${le}"`] as const),
  ["_count", ""],
  ["_sum", ""],
];
