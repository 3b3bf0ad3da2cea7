import type { Context, TransactionContext } from "@/lib/rbac/context";
import { prepared } from "@/lib/db/prepared";
import type { Prisma } from "@/lib/db/generated/client";

/** What the audit keeps of one act or look; who, when, from where and the request id come from the context. */
export interface AuditFact {
  /** Verb in the words of the code, e.g. `publish.publishMessage`. */
  action: string;
  subjectKind:
    | "client"
    | "person"
    | "message"
    | "send"
    | "log_request"
    | "operator"
    | "role"
    | "api_key"
    | "grant"
    | "token"
    | "network"
    | "topic"
    | "saved_message"
    | "cluster"
    | "search"
    | "webhook"
    | "people_import"
    | "alert"
    | "alert_rule"
    | "alert_channel"
    /** The record itself. */
    | "audit";
  subjectId: string | null;
  reason?: string | null;
  /** Of the support or incident system, as whoever acted typed it. */
  ticket?: string | null;
  /** Small and without a person's data or credentials. */
  details?: Prisma.InputJsonObject;
  /** Of a look: the same actor's same look at the same subject again within this time goes on, and is not a new one. */
  goesOnForMinutes?: number;
}

/** Appends audit rows in the transaction of what they tell of. */
export async function recordAudit(ctx: TransactionContext, facts: readonly AuditFact[]): Promise<void> {
  await ctx.tx.auditEvent.createMany({ data: facts.map((fact) => rowOf(ctx, fact)) });
}

/** Appends the row of a look, which is no part of any transaction, in one statement: whoever looks waits for it. */
export async function recordLook(ctx: Context, fact: AuditFact): Promise<void> {
  await ctx.db.pool.query(prepared(INSERT_ROW, [JSON.stringify(rowOf(ctx, fact))]));
}

const rowOf = (ctx: Context, fact: AuditFact) => ({
  actorKind: ctx.actor.kind,
  actorId: ctx.actor.id,
  actorName: ctx.actor.name,
  actorRole: ctx.actor.kind === "operator" ? ctx.actor.role : null,
  action: fact.action,
  subjectKind: fact.subjectKind,
  subjectId: fact.subjectId,
  reason: fact.reason ?? null,
  ticket: fact.ticket ?? null,
  details: fact.details ?? {},
  requestId: ctx.requestId,
  fromAddress: ctx.fromAddress,
  at: ctx.now(),
});

const INSERT_ROW = `
insert into audit_events (at, actor_kind, actor_id, actor_name, actor_role, action, subject_kind, subject_id, reason, ticket, details, request_id, from_address)
select at, "actorKind", "actorId", "actorName", "actorRole", action, "subjectKind", "subjectId", reason, ticket, details, "requestId", "fromAddress"
from json_to_record($1) as look(at timestamptz, "actorKind" text, "actorId" text, "actorName" text, "actorRole" text, action text,
  "subjectKind" text, "subjectId" text, reason text, ticket text, details jsonb, "requestId" text, "fromAddress" text)`;

/** Whether the context's actor did the same to the same subject within the fact's `goesOnForMinutes`; false for facts without it. */
export async function goesOn(ctx: Context, fact: AuditFact): Promise<boolean> {
  if (!fact.goesOnForMinutes || fact.subjectId === null) return false;
  const since = new Date(ctx.now().getTime() - fact.goesOnForMinutes * 60_000);
  const { rowCount } = await ctx.db.pool.query(
    `select from audit_events where subject_kind = $1 and subject_id = $2 and at > $3 and actor_id = $4 and action = $5
       and details ->> 'unmasked' is not distinct from $6 limit 1`,
    [fact.subjectKind, fact.subjectId, since, ctx.actor.id, fact.action, fact.details?.unmasked ?? null],
  );
  return rowCount !== 0;
}
