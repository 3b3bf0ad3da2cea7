import { z } from "zod";
import { json } from "./read-env";

/** One broker node as configured: `name` is its label everywhere in LiveConnect and the word in its hook URL. */
export const brokerNodeSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "lower-case letters, digits and dashes, at most 32"),
  role: z.enum(["subscriber", "publisher"]),
  adminUrl: z.url(),
  /** Where services (publisher) connect with MQTT; only needed for publisher nodes. */
  mqttUrl: z.string().optional(),
});

export type BrokerNode = z.output<typeof brokerNodeSchema>;

/** `BROKER_NODES`: a JSON array of nodes. */
export const brokerNodes = json(z.array(brokerNodeSchema).min(1).max(64));
