import { z } from "zod";
import { json, port } from "@/lib/env/read-env";
import { DEFAULT_HOOKS, IMITATED_HOOKS } from "./hooks";

const portNumber = z.number().int().min(1).max(65_535);

/** One node as configured. `hookUrl` holds the node's secret: it is never logged or shown. */
export const nodeConfigSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "lower-case letters, digits and dashes, at most 32"),
  role: z.enum(["subscriber", "publisher"]),
  mqttPort: portNumber,
  wsPort: portNumber,
  httpPort: portNumber,
  hookUrl: z.url({ protocol: /^http$/ }),
  hooks: z.array(z.enum(IMITATED_HOOKS)).default([...DEFAULT_HOOKS]),
});

export type NodeConfig = z.output<typeof nodeConfigSchema>;

export const embeddedBrokerEnv = z.object({
  /** Where device listeners and the admin API listen; the control port is always on loopback. */
  EMBEDDED_BROKER_HOST: z.string().default("127.0.0.1"),
  EMBEDDED_BROKER_NODES: json(z.array(nodeConfigSchema).min(1).max(16)),
  EMBEDDED_BROKER_API_KEYS: json(z.array(z.string().min(16)).min(1)),
  EMBEDDED_BROKER_CONTROL_PORT: port(8880),
});

export type EmbeddedBrokerEnv = z.output<typeof embeddedBrokerEnv>;
