import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { asMark } from "./mark-cluster";

/** Takes a mark off the charts; the audit keeps what it said. NOT_FOUND when it is not there, also the second time. */
export const deleteMark = writeVerb({
  permission: "cluster.mark",
  input: z.object({ markId: z.uuid() }),
  work: async (ctx, { markId }) => {
    const [row] = await ctx.tx.$queryRaw<Parameters<typeof asMark>[0][]>`
      delete from cluster_marks where id = ${markId}::uuid returning id, at, kind, title, marked_by_name`;
    if (!row) throw new AppError("NOT_FOUND", "There is no such mark; somebody may have removed it already.");
    const { kind, title, at } = asMark(row);
    return {
      result: undefined,
      audit: { action: "cluster.deleteMark", subjectKind: "cluster", subjectId: markId, details: { kind, title, at } },
    };
  },
});
