import { z } from "zod";
import { clientChoiceSchema } from "@/lib/publish/sends/schemas";
import { hasWindow, logRequestFields, WINDOW_WRONG } from "../schemas";

export const BULK_STATES = ["running", "held", "cancelled", "done"] as const;
export type BulkState = (typeof BULK_STATES)[number];

/** Phones of one call: by the words of the presence search, by a group of the contract, by a list. */
const chosenPhones = clientChoiceSchema.extend({
  group: z
    .string()
    .regex(/^(android|ios|app-\d+\.\d+)$/, "is no group: android, ios, or app-<major>.<minor>")
    .optional()
    .describe("One of the groups phones may join: their platform, or their app's version."),
});
export type ChosenPhones = z.output<typeof chosenPhones>;

export const countPhonesSchema = z.strictObject({ clients: chosenPhones });

const MOST_PER_MINUTE = 600;

/** Asks many phones for their logs, a few at a time. */
export const requestLogsSchema = z
  .strictObject({
    clients: chosenPhones,
    ...logRequestFields,
    ratePerMinute: z.int().min(1).max(MOST_PER_MINUTE).default(60).describe("Phones asked a minute at most."),
    stopFailedPercent: z
      .int()
      .min(1)
      .max(100)
      .nullable()
      .default(20)
      .describe("No more are asked once this share of those that ended did so without a log; null: go on."),
    confirmedClients: z.int().min(1).describe("The number of phones that was shown and agreed to."),
  })
  .refine(hasWindow, WINDOW_WRONG);

/** What each of many is asked for, as kept with them. */
export const bulkOptionsSchema = z.object({
  ...logRequestFields,
  reason: z.string(),
  ticket: z.string().optional(),
});

export const bulkIdSchema = z.object({ bulkId: z.uuid() });
