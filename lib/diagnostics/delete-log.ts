import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { canBeKept, legible, NOT_ONE_LINE } from "@/lib/format/kept-text";
import { notify } from "@/lib/events/notify";
import type { LogReader } from "./log/log-reader";
import { FINAL_STATES } from "./terms";

const deleteLogSchema = z.object({
  logRequestId: z.uuid(),
  reason: z
    .string()
    .overwrite(legible)
    .trim()
    .min(3, "Say why in at least 3 characters")
    .max(500)
    .refine(canBeKept, NOT_ONE_LINE),
});

/**
 * The verb that removes a log for good: redacted log and original from the store, this process's copy, and the request with its life,
 * notes and links; other processes' copies go within an hour. The audit keeps that it was there. Only of a request that has ended,
 * else CONFLICT. The files go first, so that a failure leaves a row to try again and never a file nobody knows of.
 */
export const deleteLog = (reader: LogReader) =>
  writeVerb({
    permission: "diagnostics.deleteLog",
    input: deleteLogSchema,
    work: async (ctx, { logRequestId, reason }) => {
      const row = await ctx.tx.logRequest.findUnique({ where: { id: logRequestId } });
      if (!row) throw new AppError("NOT_FOUND", "There is no such log request. It may have been removed by age.");
      const state = FINAL_STATES.find((final) => final === row.state);
      if (!state) throw new AppError("CONFLICT", "The request has not ended. Cancel it first.");
      for (const key of [row.logKey, row.originalKey]) if (key) await reader.store.delete(key);
      if (row.logKey) await reader.forget(row.logKey);
      await ctx.tx.logRequest.delete({ where: { id: logRequestId } });
      await notify(ctx.tx, { type: "diagnostics.changed", logRequestId, clientId: row.clientId, state });
      return {
        result: undefined,
        audit: {
          action: "diagnostics.deleteLog",
          subjectKind: "log_request",
          subjectId: logRequestId,
          reason,
          details: { clientId: row.clientId, state },
        },
      };
    },
  });
