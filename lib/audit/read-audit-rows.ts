import type { Context } from "@/lib/rbac/context";
import type { AuditEntry, AuditSearch } from "./schemas";
import type { SealedRow } from "./seal-content";

type Row = Omit<SealedRow, "at" | "actor_kind" | "details"> & {
  id: number;
  at: Date;
  actor_kind: AuditEntry["actor"]["kind"];
  details: Record<string, unknown>;
};

/**
 * SQL: what a look at `$5` is a look at: itself; of a person also their clients; and of those their log requests and messages. So
 * "who looked at this person?" is one search, as long as the person is not forgotten.
 */
const SUBJECTS = `array(
  with own as (select client_id from clients where person_id = $5 union select $5)
  select client_id from own
  union all select id::text from log_requests where client_id in (select client_id from own)
  union all select id::text from messages where client_id in (select client_id from own))`;

/** Entries of the audit record, newest first: at most `limit` of those older than `before`. */
export async function readAuditRows(
  ctx: Context,
  search: AuditSearch,
  page: { before: number | null; limit: number },
): Promise<AuditEntry[]> {
  const since = search.withinHours ? new Date(ctx.now().getTime() - search.withinHours * 3_600_000) : null;
  const [capability, verb] = search.what?.split(".") ?? [];
  const { rows } = await ctx.db.pool.query<Row>(
    `select id, at, actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, reason, details,
       request_id, from_address, ticket
     from audit_events
     where ($1::bigint is null or id < $1)
       and ($2::text is null or actor_id = $2)
       and ($3::text is null or action = $3)
       and ($4::text is null or action like $4 || '.%')
       and ($5::text is null or subject_id = any(${SUBJECTS}))
       and ($6::timestamptz is null or at >= $6)
       and ($7::text is null or ticket = $7)
       and ($8::text is null or actor_kind = $8)
     order by id desc limit $9`,
    [
      page.before,
      search.actorId ?? null,
      verb ? search.what : null,
      verb ? null : (capability ?? null),
      search.subjectId ?? null,
      since,
      search.ticket ?? null,
      search.actorKind ?? null,
      page.limit,
    ],
  );
  return rows.map(asEntry);
}

const asEntry = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name, role: row.actor_role },
  action: row.action,
  subject: { kind: row.subject_kind, id: row.subject_id },
  reason: row.reason,
  ticket: row.ticket,
  details: row.details,
  requestId: row.request_id,
  fromAddress: row.from_address,
});
