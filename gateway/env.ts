import { hostname } from "node:os";
import { z } from "zod";
import { PRACTICE_ISSUER, tokenIssuerSchema, type TokenIssuer } from "@/lib/access/token-issuer";
import { brokerNodes } from "@/lib/env/broker-nodes";
import { flag, json, port } from "@/lib/env/read-env";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";
import { allowedNetworks } from "./allowed-networks";

// A fresh token is tried with the keys of each.
const MOST_ISSUERS = 10;

const gatewayVariables = z.object({
  DATABASE_URL: z.string(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port(3200),
  /** A listener for the hooks alone, which the four below guard. Absent: hooks arrive at GATEWAY_PORT, beside probes and metrics. */
  GATEWAY_HOOKS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  GATEWAY_ALLOWED_NETWORKS: allowedNetworks.optional(),
  /** PEM files. With a client CA the broker shows a certificate of that CA, or is not let in. */
  GATEWAY_TLS_CERT_FILE: z.string().optional(),
  GATEWAY_TLS_KEY_FILE: z.string().optional(),
  GATEWAY_TLS_CLIENT_CA_FILE: z.string().optional(),
  /** Names this gateway among several: different for each, the same after a restart. */
  GATEWAY_NAME: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,32}$/, "letters, digits, dots and dashes, at most 32")
    .default(() =>
      hostname()
        .replaceAll(/[^A-Za-z0-9.-]/g, "-")
        .slice(0, 32),
    ),
  BROKER_NODES: brokerNodes,
  /** One secret a node, the last word of its hook URL. */
  HOOK_SECRETS: json(z.record(z.string(), z.string().min(16))),
  /** Takes the practice issuer's tokens. */
  PRACTICE: flag(false),
  /** Whose tokens devices connect with; the four below say the same of a single issuer of JWT. */
  DEVICE_ISSUERS: json(z.array(tokenIssuerSchema).min(1).max(MOST_ISSUERS)).optional(),
  DEVICE_JWKS_URL: z.url().optional(),
  DEVICE_JWKS_FILE: z.string().optional(),
  DEVICE_TOKEN_ISSUER: z.string().optional(),
  DEVICE_TOKEN_AUDIENCE: z.string().optional(),
  /** Who may connect to publisher nodes. */
  SERVICE_CREDENTIALS: json(z.array(z.object({ username: z.string(), password: z.string().min(16) }))).default([]),
  /** Connects of one client a minute, and refused tokens of one address a minute; beyond them they are refused unseen. */
  CONNECTS_PER_CLIENT: z.coerce.number().int().min(5).default(30),
  REFUSED_PER_CLIENT: z.coerce.number().int().min(2).default(20),
  TOPIC_ROOT: z.string().default(DEFAULT_TOPIC_ROOT),
});

/** A guard that guards nothing is refused, so that nobody believes in it. */
export const gatewayEnv = gatewayVariables.superRefine((env, context) => {
  const lacks = (variable: keyof typeof env, message: string): void => {
    if (env[variable] === undefined) context.addIssue({ code: "custom", path: [variable], message });
  };
  const { GATEWAY_TLS_CERT_FILE: cert, GATEWAY_TLS_KEY_FILE: key, GATEWAY_TLS_CLIENT_CA_FILE: ca } = env;
  if ([cert, key, ca, env.GATEWAY_ALLOWED_NETWORKS].some((guard) => guard !== undefined))
    lacks("GATEWAY_HOOKS_PORT", "the listener that GATEWAY_ALLOWED_NETWORKS and GATEWAY_TLS_… guard");
  if (cert ?? key ?? ca) {
    lacks("GATEWAY_TLS_CERT_FILE", "the certificate of the hooks' listener");
    lacks("GATEWAY_TLS_KEY_FILE", "the key of the hooks' listener");
  }
});

export type GatewayEnv = z.output<typeof gatewayEnv>;

/** The issuers of devices' tokens. Throws when none is configured, or two that cannot be told apart. */
export function issuersOf(env: GatewayEnv): TokenIssuer[] {
  const issuers = env.DEVICE_ISSUERS ?? [
    tokenIssuerSchema.parse({
      issuer: env.DEVICE_TOKEN_ISSUER,
      audience: env.DEVICE_TOKEN_AUDIENCE,
      jwksUrl: env.DEVICE_JWKS_URL,
      jwksFile: env.DEVICE_JWKS_FILE,
    }),
  ];
  const names = new Set(issuers.map(({ issuer }) => issuer));
  if (issuers.length > 1 && (names.size < issuers.length || names.has(undefined)))
    throw new Error("DEVICE_ISSUERS: several issuers each need a name of their own (issuer).");
  if (!env.PRACTICE && names.has(PRACTICE_ISSUER))
    throw new Error("The practice issuer's tokens are taken in practice mode only (PRACTICE=1): its key is no secret.");
  return issuers;
}
