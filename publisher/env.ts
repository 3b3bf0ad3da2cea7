import { hostname } from "node:os";
import { z } from "zod";
import { brokerNodes } from "@/lib/env/broker-nodes";
import { port } from "@/lib/env/read-env";
import { DEFAULT_TOPIC_ROOT } from "@/lib/mqtt/device-topics";

export const publisherEnv = z.object({
  DATABASE_URL: z.string(),
  PUBLISHER_HOST: z.string().default("127.0.0.1"),
  PUBLISHER_PORT: port(3100),
  /** The credential publisher nodes know; see SERVICE_CREDENTIALS of the gateway. */
  PUBLISHER_USERNAME: z.string(),
  PUBLISHER_PASSWORD: z.string().min(16),
  /**
   * Names this publisher's sessions at the broker: different for each publisher and the same after a restart, or what
   * devices say in between waits in a session nobody opens again.
   */
  PUBLISHER_INSTANCE: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,24}$/, "letters, digits, dots and dashes, at most 24")
    .default(() =>
      hostname()
        .replaceAll(/[^A-Za-z0-9.-]/g, "-")
        .slice(0, 24),
    ),
  /** MQTT connections to each publisher node. Two were measured against one: equal one message a request, 1.14 of it by batches. */
  PUBLISHER_CONNECTIONS: z.coerce.number().int().min(1).max(16).default(2),
  /** Requests a second of one API key; more are answered 429. */
  PUBLISHER_RATE_PER_SECOND: z.coerce.number().int().min(1).max(1_000_000).default(2_000),
  BROKER_NODES: brokerNodes.transform((nodes, context) => {
    const reachable = nodes.flatMap(({ name, role, mqttUrl }) =>
      role === "publisher" && mqttUrl ? [{ name, mqttUrl }] : [],
    );
    if (reachable.length === 0)
      context.addIssue({ code: "custom", message: "has no node with the role publisher and an mqttUrl" });
    return reachable;
  }),
  TOPIC_ROOT: z.string().default(DEFAULT_TOPIC_ROOT),
});

export type PublisherEnv = z.output<typeof publisherEnv>;

/** A broker node this process publishes to. */
export interface PublisherNode {
  name: string;
  mqttUrl: string;
}

/** What connects to publisher nodes, and as whom. */
export interface ServiceSession {
  instance: string;
  username: string;
  password: string;
}
