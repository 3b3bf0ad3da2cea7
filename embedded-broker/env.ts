import { z } from "zod";
import { flag, json, port } from "@/lib/env/read-env";
import { DEFAULT_HOOKS, IMITATED_HOOKS } from "./hooks";

const portNumber = z.number().int().min(1).max(65_535);

/** One node as configured. `hookUrl` holds the node's secret: it is never logged or shown. */
export const nodeConfigSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "lower-case letters, digits and dashes, at most 32"),
  role: z.enum(["subscriber", "publisher"]),
  mqttPort: portNumber,
  wsPort: portNumber,
  /** MQTT over TLS, with EMBEDDED_BROKER_TLS_CERT_FILE and …_KEY_FILE. */
  tlsPort: portNumber.optional(),
  /** Device listeners expect the PROXY protocol, version 1 or 2, from a balancer in front, and take nobody else. */
  proxyProtocol: z.boolean().default(false),
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
  EMBEDDED_BROKER_TLS_CERT_FILE: z.string().optional(),
  EMBEDDED_BROKER_TLS_KEY_FILE: z.string().optional(),
  /** What decides the orders of take-overs, of rows, and the faults that have a share. */
  EMBEDDED_BROKER_SEED: z.coerce.number().int().min(0).default(1),
  /** How many times faster waits pass. */
  EMBEDDED_BROKER_TIME_SCALE: z.coerce.number().min(0.01).max(10_000).default(1),
  /** VerneMQ's four allow_…_during_netsplit. */
  EMBEDDED_BROKER_ALLOW_DURING_NETSPLIT: flag(true),
  /** VerneMQ's persistent_client_expiration; 0 is never. */
  EMBEDDED_BROKER_PERSISTENT_EXPIRATION_SECONDS: z.coerce.number().min(0).default(0),
  /** Until other nodes notice a frozen one: Erlang's net_ticktime, recorded at VerneMQ's default. */
  EMBEDDED_BROKER_FREEZE_NOTICED_SECONDS: z.coerce.number().min(1).default(72),
});

export type EmbeddedBrokerEnv = z.output<typeof embeddedBrokerEnv>;
