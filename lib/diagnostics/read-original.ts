import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { canBeKept, legible, NOT_ONE_LINE } from "@/lib/format/kept-text";
import type { LogReader } from "./log/log-reader";
import { openOriginal } from "./log/original";

const readOriginalSchema = z.object({
  logRequestId: z.uuid(),
  reason: z
    .string()
    .overwrite(legible)
    .trim()
    .min(3, "Say why in at least 3 characters")
    .max(500)
    .refine(canBeKept, NOT_ONE_LINE),
});

/** The verb that opens a log's sealed original, with a reason; throws NOT_FOUND once it is past its time. */
export const readOriginal = (reader: LogReader) =>
  readVerb({
    permission: "diagnostics.readOriginal",
    input: readOriginalSchema,
    work: async (ctx, { logRequestId }): Promise<AsyncGenerator<Buffer>> => {
      const row = await ctx.db.prisma.logRequest.findUnique({ where: { id: logRequestId } });
      if (!row?.originalKey || !row.originalUntil || row.originalUntil <= ctx.now())
        throw new AppError("NOT_FOUND", "The original of this log is no longer kept.");
      const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-original-"));
      return openOriginal(reader.store, { logRequestId, folder });
    },
    audit: ({ logRequestId, reason }) => ({
      action: "diagnostics.readOriginal",
      subjectKind: "log_request",
      subjectId: logRequestId,
      reason,
    }),
  });
