import { z } from "zod";
import { readVerb, writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { UnmaskingItem } from "./schemas";

// As far back as somebody reviews at a time; the rest is in the audit.
const MOST = 50;

interface Row {
  id: string;
  operator_id: string;
  name: string;
  kind: UnmaskingItem["kind"];
  purpose: string;
  ticket: string | null;
  started_at: Date;
  ends_at: Date;
  looks: number;
  reviewed_at: Date | null;
  reviewed_by: string | null;
}

/** Who saw names and numbers whole, why, and how often they looked: what waits for a review first, then newest first; at most 50. */
export const listUnmaskings = readVerb({
  permission: "operators.read",
  input: z.object({}),
  work: async (ctx): Promise<UnmaskingItem[]> => {
    const { rows } = await ctx.db.pool.query<Row>(
      `select u.id, u.operator_id, o.name, u.kind, u.purpose, u.ticket, u.started_at, u.ends_at, u.reviewed_at, u.reviewed_by,
         (select count(*) from audit_events a where a.actor_id = u.operator_id::text and a.at between u.started_at and u.ends_at
            and a.details ->> 'unmasked' = u.id::text)::int as looks
       from unmaskings u join operators o on o.id = u.operator_id
       order by (u.kind = 'break_glass' and u.reviewed_at is null) desc, u.started_at desc limit $1`,
      [MOST],
    );
    return rows.map((row) => ({
      id: row.id,
      operatorId: row.operator_id,
      name: row.name,
      kind: row.kind,
      purpose: row.purpose,
      ticket: row.ticket,
      startedAt: row.started_at.toISOString(),
      endsAt: row.ends_at.toISOString(),
      looks: row.looks,
      reviewedAt: row.reviewed_at?.toISOString() ?? null,
      reviewedBy: row.reviewed_by,
    }));
  },
});

/** Keeps that somebody else looked at why it was done. Twice is harmless: the first review stays. Throws NOT_FOUND, FORBIDDEN for one's own. */
export const reviewUnmasking = writeVerb({
  permission: "operators.manage",
  input: z.strictObject({ unmaskingId: z.uuid() }),
  work: async (ctx, { unmaskingId }) => {
    const row = await ctx.tx.unmasking.findUnique({ where: { id: unmaskingId } });
    if (!row) throw new AppError("NOT_FOUND", "There is no such showing.");
    if (row.operatorId === ctx.actor.id) throw new AppError("FORBIDDEN", "Somebody else reviews what you saw.");
    await ctx.tx.unmasking.updateMany({
      where: { id: unmaskingId, reviewedAt: null },
      data: { reviewedAt: ctx.now(), reviewedBy: ctx.actor.name },
    });
    return {
      result: undefined,
      audit: {
        action: "operators.reviewUnmasking",
        subjectKind: "operator",
        subjectId: row.operatorId,
        details: { unmasking: unmaskingId },
      },
    };
  },
});
