import { listAuditEventsSchema, type AuditEntry, type AuditPage } from "./schemas";
import type { AuditFact } from "./record-audit";
import { readVerb } from "./verb";

interface Row {
  id: number;
  at: Date;
  actor_kind: AuditEntry["actor"]["kind"];
  actor_id: string;
  actor_name: string;
  actor_role: string | null;
  action: string;
  subject_kind: string;
  subject_id: string | null;
  reason: string | null;
  details: Record<string, unknown>;
  request_id: string;
  from_address: string | null;
}

// The index leads with the kind; naming them all lets a search by identifier alone use it.
const SUBJECT_KINDS: Record<AuditFact["subjectKind"], true> = {
  client: true,
  person: true,
  message: true,
  send: true,
  log_request: true,
  operator: true,
  role: true,
  api_key: true,
  grant: true,
  cluster: true,
  topic: true,
  saved_message: true,
  webhook: true,
  people_import: true,
  search: true,
  alert: true,
  alert_rule: true,
  alert_channel: true,
};

/** A page of the audit record, newest first. */
export const listAuditEvents = readVerb({
  permission: "audit.read",
  input: listAuditEventsSchema,
  work: async (ctx, input): Promise<AuditPage> => {
    const since = input.withinHours ? new Date(ctx.now().getTime() - input.withinHours * 3_600_000) : null;
    const [capability, verb] = input.what?.split(".") ?? [];
    const { rows } = await ctx.db.pool.query<Row>(
      `select id, at, actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, reason, details,
         request_id, from_address
       from audit_events
       where ($1::bigint is null or id < $1)
         and ($2::text is null or actor_id = $2)
         and ($3::text is null or action = $3)
         and ($4::text is null or action like $4 || '.%')
         and ($5::text is null or (subject_id = $5 and subject_kind = any($6)))
         and ($7::timestamptz is null or at >= $7)
       order by id desc limit $8`,
      [
        input.before ?? null,
        input.actorId ?? null,
        verb ? input.what : null,
        verb ? null : (capability ?? null),
        input.subjectId ?? null,
        Object.keys(SUBJECT_KINDS),
        since,
        input.limit + 1,
      ],
    );
    const entries = rows.slice(0, input.limit).map(asEntry);
    return { entries, next: rows.length > input.limit ? (entries.at(-1)?.id ?? null) : null };
  },
});

const asEntry = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name, role: row.actor_role },
  action: row.action,
  subject: { kind: row.subject_kind, id: row.subject_id },
  reason: row.reason,
  details: row.details,
  requestId: row.request_id,
  fromAddress: row.from_address,
});
