import { z } from "zod";

// VerneMQ's list of what auth_on_register may modify (vmq_plugin_util); client_id and mountpoint only together.
const modifiersSchema = z
  .strictObject({
    username: z.string(),
    client_id: z.string().min(1),
    mountpoint: z.literal("", "this broker has the default mountpoint only"),
    clean_session: z.boolean(),
    max_connection_lifetime: z.number(),
    max_message_size: z.number(),
    max_offline_messages: z.number(),
    // Accepted and without effect here.
    allow_register: z.boolean(),
    allow_publish: z.boolean(),
    allow_subscribe: z.boolean(),
    allow_unsubscribe: z.boolean(),
    max_message_rate: z.number(),
    max_inflight_messages: z.number(),
    max_online_messages: z.number(),
    max_drain_time: z.number(),
    max_msgs_per_drain_step: z.number(),
    retry_interval: z.number(),
    upgrade_qos: z.boolean(),
    queue_type: z.string(),
    shared_subscription_policy: z.string(),
  })
  .partial();
const allowedSchema = modifiersSchema.refine(
  ({ client_id, mountpoint }) => (client_id === undefined) === (mountpoint === undefined),
  { message: "client_id and mountpoint are only allowed together" },
);

export interface RegisterModifiers {
  username?: string;
  clientId?: string;
  cleanSession?: boolean;
  maxConnectionLifetimeSeconds?: number;
  maxMessageBytes?: number;
  maxOfflineMessages?: number;
}

// Words VerneMQ knows that an answer may not use: refused with a CONNACK, unlike words nobody knows.
const KNOWN_BUT_NOT_ALLOWED = new Set(["subscriber_id", "reg_view"]);

/**
 * Modifiers of an accepted CONNECT. "not allowed" refuses the whole CONNECT; "unknown", a word that is not VerneMQ's, crashes the
 * connection process there: closed without a CONNACK.
 */
export function readRegisterModifiers(
  modifiers: Record<string, unknown>,
): RegisterModifiers | "not allowed" | "unknown" {
  const words = Object.keys(modifiers);
  if (words.some((word) => !(word in modifiersSchema.shape) && !KNOWN_BUT_NOT_ALLOWED.has(word))) return "unknown";
  const parsed = allowedSchema.safeParse(modifiers);
  if (!parsed.success) return "not allowed";
  return {
    username: parsed.data.username,
    clientId: parsed.data.client_id,
    cleanSession: parsed.data.clean_session,
    maxConnectionLifetimeSeconds: parsed.data.max_connection_lifetime,
    maxMessageBytes: parsed.data.max_message_size,
    maxOfflineMessages: parsed.data.max_offline_messages,
  };
}
