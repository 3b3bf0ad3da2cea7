import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { legible, NOT_ONE_LINE, ONE_LINE } from "@/lib/format/kept-text";
import { AppError } from "@/lib/errors";
import { MARK_KINDS, type ClusterMark } from "./schemas";

/** Clocks of those who deploy may be a little ahead of ours. */
const AHEAD_MS = 5 * 60_000;
// Before any chart of ours.
const EARLIEST = new Date("2000-01-01");

export const markClusterInput = z.object({
  kind: z.enum(MARK_KINDS),
  title: z.string().overwrite(legible).trim().min(1).max(120).regex(ONE_LINE, NOT_ONE_LINE),
  /** When it happened; now when absent. */
  at: z.coerce.date().min(EARLIEST).optional(),
  /** The same mark sent twice with one key is one mark. */
  idempotencyKey: z.string().min(1).max(200).optional(),
});

/**
 * Puts a mark on the charts: a deploy, an incident, a note. With an idempotency key a second call gives the first one's mark; the same
 * key for another mark is CONFLICT.
 */
export const markCluster = writeVerb({
  permission: "cluster.mark",
  input: markClusterInput,
  work: async (ctx, input) => {
    const at = input.at ?? ctx.now();
    if (at.getTime() > ctx.now().getTime() + AHEAD_MS) throw new AppError("VALIDATION", "at: is in the future");
    const key = input.idempotencyKey ?? null;
    const [made] = await ctx.tx.$queryRaw<Row[]>`
      insert into cluster_marks (at, kind, title, marked_by, marked_by_name, idempotency_key)
      values (${at}, ${input.kind}, ${input.title}, ${ctx.actor.id}, ${ctx.actor.name}, ${key})
      on conflict (marked_by, idempotency_key) do nothing
      returning id, at, kind, title, marked_by_name`;
    const [row] = made
      ? [made]
      : await ctx.tx.$queryRaw<Row[]>`
          select id, at, kind, title, marked_by_name from cluster_marks
          where marked_by = ${ctx.actor.id} and idempotency_key = ${key}`;
    const isSame =
      row?.kind === input.kind && row.title === input.title && (!input.at || row.at.getTime() === at.getTime());
    if (!row || !isSame)
      throw new AppError("CONFLICT", "This idempotency key was used for another mark. Use a new key for a new mark.");
    const mark: ClusterMark = asMark(row);
    const { id, kind, title } = mark;
    return {
      result: { ...mark, repeated: made === undefined },
      audit: {
        action: "cluster.markCluster",
        subjectKind: "cluster",
        subjectId: id,
        details: { kind, title, at: mark.at, repeated: made === undefined },
      },
    };
  },
});

interface Row {
  id: string;
  at: Date;
  kind: string;
  title: string;
  marked_by_name: string;
}

/** A stored mark as it is told. */
export const asMark = (row: Row): ClusterMark => ({
  id: row.id,
  at: row.at.toISOString(),
  // The table's own check allows no other.
  kind: MARK_KINDS.find((kind) => kind === row.kind) ?? "note",
  title: row.title,
  markedBy: row.marked_by_name,
});
