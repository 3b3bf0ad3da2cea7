import { z } from "zod";
import { readEnv } from "./read-env";

const sendLimitsSchema = z.object({
  /** From the console, a send to more clients than this needs a second operator. */
  SEND_APPROVAL_ABOVE: z.coerce.number().int().min(0).default(1_000),
  /** How long it waits for one. */
  SEND_APPROVAL_HOURS: z.coerce.number().min(0.01).max(720).default(24),
  /** The most clients of one send of an API key that has no number of its own. */
  SEND_MOST_RECIPIENTS: z.coerce.number().int().min(1).default(100_000),
  /** Messages a second of a send that asks for no rate. */
  SEND_RATE_PER_SECOND: z.coerce.number().int().min(1).max(10_000).default(2_000),
});

/** Limits of sends to many clients, for verbs, which console and publisher call. */
export function sendLimits() {
  const env = readEnv(sendLimitsSchema);
  return {
    approvalAbove: env.SEND_APPROVAL_ABOVE,
    approvalHours: env.SEND_APPROVAL_HOURS,
    mostRecipients: env.SEND_MOST_RECIPIENTS,
    ratePerSecond: env.SEND_RATE_PER_SECOND,
  };
}
