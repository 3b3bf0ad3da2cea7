import { z } from "zod";
import type { Context } from "@/lib/rbac/context";
import { auditBreakSchema, type AuditBreak, type AuditSealing } from "./schemas";
import { readVerb } from "./verb";

interface Row {
  waiting: number;
  waiting_since: Date | null;
  seal: number | null;
  sealed_at: Date | null;
  verified_at: Date | null;
  seals: number;
  rows: number;
  anchors: number;
  breaks: unknown;
}

const breaksSchema = z.array(auditBreakSchema);

/** How far the audit record is sealed, and what its last verification found. */
export const readSealing = readVerb({
  permission: "audit.read",
  input: z.object({}),
  work: async (ctx): Promise<AuditSealing> => {
    const { waiting, last, verified } = await readSealingState(ctx);
    if (!verified) return { waiting, last, verified: null };
    const { breaks, ...found } = verified;
    return { waiting, last, verified: { ...found, firstBreak: breaks[0] ?? null } };
  },
});

/** As `AuditSealing`, with every break that was kept. */
export type SealingState = Omit<AuditSealing, "verified"> & {
  verified: (Omit<NonNullable<AuditSealing["verified"]>, "firstBreak"> & { breaks: AuditBreak[] }) | null;
};

/** As `readSealing`, for the metrics. */
export async function readSealingState(ctx: Context): Promise<SealingState> {
  const { rows } = await ctx.db.pool.query<Row>(
    `select w.waiting, w.waiting_since, s.number as seal, s.at as sealed_at, v.at as verified_at, v.seals, v.rows, v.anchors, v.breaks
     from (select count(*) as waiting, min(at) as waiting_since from audit_unsealed) w
       left join (select number, at from audit_seals order by number desc limit 1) s on true
       left join (select * from audit_verifications order by id desc limit 1) v on true`,
  );
  const [row] = rows;
  if (!row) throw new Error("An aggregate always answers one row");
  return {
    waiting: { rows: row.waiting, since: row.waiting_since?.toISOString() ?? null },
    last: row.seal !== null && row.sealed_at ? { seal: row.seal, at: row.sealed_at.toISOString() } : null,
    verified: row.verified_at && {
      at: row.verified_at.toISOString(),
      seals: row.seals,
      rows: row.rows,
      anchors: row.anchors,
      breaks: breaksSchema.parse(row.breaks),
    },
  };
}
