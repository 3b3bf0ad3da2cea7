/** The hooks this broker can call, by VerneMQ's names. `auth_on_*` are asked and decide; `on_*` are told. */
export const ASKED_HOOKS = ["auth_on_register", "auth_on_subscribe", "auth_on_publish"] as const;
export const TOLD_HOOKS = [
  "on_register",
  "on_client_wakeup",
  "on_client_offline",
  "on_client_gone",
  "on_subscribe",
  "on_unsubscribe",
  "on_publish",
  "on_deliver",
  "on_offline_message",
  "on_session_expired",
] as const;
export const IMITATED_HOOKS = [...ASKED_HOOKS, ...TOLD_HOOKS] as const;

export type AskedHook = (typeof ASKED_HOOKS)[number];
export type ToldHook = (typeof TOLD_HOOKS)[number];
export type ImitatedHook = AskedHook | ToldHook;

/** What a node registers when its configuration does not say: what the gateway listens to. */
export const DEFAULT_HOOKS: readonly ImitatedHook[] = [
  "auth_on_register",
  "on_client_wakeup",
  "on_register",
  "on_client_offline",
  "on_client_gone",
  "on_session_expired",
  "auth_on_subscribe",
  "auth_on_publish",
];
