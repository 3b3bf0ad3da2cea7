import { hostname } from "node:os";
import { z } from "zod";
import { brokerNodes } from "@/lib/env/broker-nodes";
import { json, port } from "@/lib/env/read-env";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";

export const gatewayEnv = z.object({
  DATABASE_URL: z.string(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port(3200),
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
  DEVICE_JWKS_URL: z.url().optional(),
  DEVICE_JWKS_FILE: z.string().optional(),
  DEVICE_TOKEN_ISSUER: z.string().optional(),
  DEVICE_TOKEN_AUDIENCE: z.string().optional(),
  /** Who may connect to publisher nodes. */
  SERVICE_CREDENTIALS: json(z.array(z.object({ username: z.string(), password: z.string().min(16) }))).default([]),
  TOPIC_ROOT: z.string().default(DEFAULT_TOPIC_ROOT),
});

export type GatewayEnv = z.output<typeof gatewayEnv>;
