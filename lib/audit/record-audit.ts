import type { TransactionContext } from "@/lib/rbac/context";
import type { Prisma } from "@/lib/db/generated/client";

/** What the audit keeps of one act or look; who, when, from where and the request id come from the context. */
export interface AuditFact {
  /** Verb in the words of the code, e.g. `publish.publishMessage`. */
  action: string;
  subjectKind:
    | "client"
    | "person"
    | "message"
    | "log_request"
    | "operator"
    | "api_key"
    | "grant"
    | "cluster"
    | "search"
    | "webhook"
    | "people_import"
    | "alert"
    | "alert_rule"
    | "alert_channel";
  subjectId: string | null;
  reason?: string | null;
  /** Small and without a person's data or credentials. */
  details?: Prisma.InputJsonObject;
}

/** Appends audit rows in the transaction of what they tell of. */
export async function recordAudit(ctx: TransactionContext, facts: readonly AuditFact[]): Promise<void> {
  await ctx.tx.auditEvent.createMany({
    data: facts.map((fact) => ({
      actorKind: ctx.actor.kind,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      actorRole: ctx.actor.kind === "operator" ? ctx.actor.role : null,
      action: fact.action,
      subjectKind: fact.subjectKind,
      subjectId: fact.subjectId,
      reason: fact.reason ?? null,
      details: fact.details ?? {},
      requestId: ctx.requestId,
      fromAddress: ctx.fromAddress,
      at: ctx.now(),
    })),
  });
}
