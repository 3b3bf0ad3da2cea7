import { z } from "zod";

/**
 * VerneMQ's webhook dialect as recorded from 2.1.2 (docs of the broker: "Webhooks"). Its field names stay at this border.
 * Every hook is a POST with the header `vernemq-hook`; the answer must be 200 with a JSON body.
 */

const session = { mountpoint: z.string(), client_id: z.string() };
const peer = { peer_addr: z.string(), peer_port: z.number().int() };
const username = { username: z.string().nullable() };
const properties = { properties: z.record(z.string(), z.unknown()).optional() };
const qos = z.number().int().min(0).max(2);

export const authOnRegister = z.object({
  ...peer,
  ...session,
  ...username,
  password: z.string().nullable(),
  clean_session: z.boolean(),
});
/** 5.0 says clean_start, and session expiry in properties. */
export const authOnRegisterM5 = z.object({
  ...peer,
  ...session,
  ...username,
  password: z.string().nullable(),
  clean_start: z.boolean(),
  ...properties,
});
export const onRegister = z.object({ ...peer, ...session, ...username, ...properties });
/** on_client_wakeup, on_client_offline, on_client_gone, on_session_expired: nothing but the client. */
export const sessionHook = z.object(session);
/** Topics come in reverse order of the packet; the answer is positional in that same order. */
export const authOnSubscribe = z.object({
  ...username,
  ...session,
  topics: z.array(z.object({ topic: z.string(), qos })),
  ...properties,
});
export const authOnPublish = z.object({
  ...username,
  ...session,
  qos,
  topic: z.string(),
  /** base64 */
  payload: z.string(),
  retain: z.boolean(),
  ...properties,
});

export const HOOKS = [
  "auth_on_register",
  "auth_on_register_m5",
  "on_register",
  "on_register_m5",
  "on_client_wakeup",
  "on_client_offline",
  "on_client_gone",
  "on_session_expired",
  "auth_on_subscribe",
  "auth_on_subscribe_m5",
  "auth_on_publish",
  "auth_on_publish_m5",
] as const;
export type Hook = (typeof HOOKS)[number];

/** Answer of a hook: `{"result":"ok"}`, with modifiers or positional topics, or `{"result":{"error":"not_allowed"}}`, or next. */
export type HookAnswer =
  | { result: "ok"; modifiers?: Record<string, unknown>; topics?: { topic: string; qos: number }[] }
  | { result: "next" }
  | { result: { error: string } };

/** QoS that denies one topic of a subscribe: 128 for 3.1.1, 135 for 5.0 (128 there crashes the connection). */
export const DENIED_QOS = { v4: 128, m5: 135 } as const;
