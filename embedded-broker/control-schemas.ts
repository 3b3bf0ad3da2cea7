import { z } from "zod";
import { hookFaultSchema } from "./hook-faults";
import { IMITATED_HOOKS } from "./hooks";
import { netsplitRulesSchema } from "./netsplit-rules";

const LONGEST_MS = 3_600_000;

/** What the control port takes. */
export const controlSchemas = {
  slow: z.strictObject({ latencyMs: z.number().min(0).max(LONGEST_MS) }),
  netsplit: z.strictObject({ groups: z.array(z.array(z.string())).min(2).max(16) }),
  rules: netsplitRulesSchema.partial(),
  hookFault: hookFaultSchema,
  webhooks: z.strictObject({
    url: z.url({ protocol: /^http$/ }).optional(),
    hooks: z.array(z.enum(IMITATED_HOOKS)).optional(),
  }),
  expiration: z.strictObject({ seconds: z.number().min(0).max(LONGEST_MS) }),
  receiver: z.strictObject({ node: z.string().optional(), reachable: z.boolean() }),
  flood: z.strictObject({
    node: z.string(),
    topicName: z.string().min(1).max(1_024),
    messages: z.number().int().min(1).max(100_000),
    payloadBytes: z.number().int().min(0).max(65_536).default(16),
    qos: z.literal([0, 1, 2]).default(1),
  }),
};
