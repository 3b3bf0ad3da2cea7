import { z } from "zod";
import { readEnv } from "./read-env";

const idempotencySchema = z.object({
  IDEMPOTENCY_HOURS: z.coerce
    .number()
    .min(1)
    .max(24 * 30)
    .default(24),
});

/** `IDEMPOTENCY_HOURS`: how long an idempotency key is known; later it may be used for something else. For console and publisher. */
export const idempotencyHours = (): number => readEnv(idempotencySchema).IDEMPOTENCY_HOURS;
