import type { z } from "zod";
import { AppError } from "@/lib/errors";
import { requirePermission, type Requirement } from "@/lib/rbac/actor";
import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { sentence } from "@/lib/sentence";
import { issueSentence } from "./issue-sentence";
import { goesOn, recordAudit, recordLook, type AuditFact } from "./record-audit";

/**
 * The two shapes of a verb. Both check the permission first, then parse the input, then work; a write leaves its audit
 * rows in the transaction of its work, a read that looks at a person or their data leaves its row before it answers.
 */

/** Throws VALIDATION naming every wrong field. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  // With what was given: zod's sentences in other languages tell its type.
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issueSentence(issue) }));
  const first = issues[0] ?? { path: "", message: sentence("Wrong input") };
  const said = first.path ? sentence("{path}: {message}", { path: first.path, message: first.message }) : first.message;
  throw new AppError("VALIDATION", said, { issues });
}

interface WriteVerb<S extends z.ZodType, R> {
  permission: Requirement;
  input: S;
  /** Does the work in `ctx.tx` and says what the audit should keep of it; at least one fact. */
  work: (
    ctx: TransactionContext,
    input: z.output<S>,
  ) => Promise<{ result: R; audit: AuditFact | readonly AuditFact[] }>;
  /**
   * What the audit keeps of a try that was refused for the state of things or for who tries (CONFLICT, FORBIDDEN), where that matters: of
   * two who are at one thing, the second leaves a row too.
   */
  tried?: (input: z.output<S>) => AuditFact;
}

/** A verb that changes something: permission, input, work and audit rows in one transaction. */
export function writeVerb<S extends z.ZodType, R>(verb: WriteVerb<S, R>) {
  return async (ctx: Context, input: z.input<S>): Promise<R> => {
    requirePermission(ctx.actor, verb.permission);
    const parsed = parseInput(verb.input, input);
    const done = inTransaction(ctx, async (txCtx) => {
      const { result, audit } = await verb.work(txCtx, parsed);
      const facts = Array.isArray(audit) ? (audit as readonly AuditFact[]) : [audit as AuditFact];
      if (facts.length === 0) throw new Error("A write verb leaves at least one audit fact");
      await recordAudit(txCtx, facts);
      return result;
    });
    // A try inside somebody's transaction is theirs to tell.
    const { tried } = verb;
    return tried && !ctx.tx ? done.catch((error: unknown) => keepRefusal(ctx, tried(parsed), error)) : done;
  };
}

/** After the work was rolled back; throws what it threw. */
async function keepRefusal(ctx: Context, fact: AuditFact, error: unknown): Promise<never> {
  if (error instanceof AppError && (error.code === "CONFLICT" || error.code === "FORBIDDEN")) {
    const refused = { ...fact, details: { ...fact.details, refused: error.code } };
    await inTransaction(ctx, (txCtx) => recordAudit(txCtx, [refused]));
  }
  throw error;
}

/** How long a page that renews itself by events goes on being one look; then it is recorded again. */
export const LOOK_MINUTES = 15;

interface ReadVerb<S extends z.ZodType, R> {
  permission: Requirement;
  input: S;
  work: (ctx: Context, input: z.output<S>) => Promise<R>;
  /** What the audit keeps of the look; absent where nobody's data is looked at. Null: nothing was seen. */
  audit?: (input: z.output<S>, result: R, ctx: Context) => AuditFact | null;
}

/**
 * A verb that only looks. An operator's look at a person's data is recorded before it is answered; what a page that stays open asks
 * again is the same look, where its fact says for how long.
 */
export function readVerb<S extends z.ZodType, R>(verb: ReadVerb<S, R>) {
  return async (ctx: Context, input: z.input<S>): Promise<R> => {
    requirePermission(ctx.actor, verb.permission);
    const parsed = parseInput(verb.input, input);
    const result = await verb.work(ctx, parsed);
    const fact = ctx.actor.kind === "process" ? null : asSeen(ctx, verb.audit?.(parsed, result, ctx) ?? null);
    if (fact && !(await goesOn(ctx, fact))) await recordLook(ctx, fact);
    return result;
  };
}

/** A look at people says under which unmasking it was, and for which ticket: what it showed was whole, and it is counted there. */
function asSeen({ actor }: Context, fact: AuditFact | null): AuditFact | null {
  if (!fact || actor.kind !== "operator" || !actor.unmasking || !SHOWS_PEOPLE.has(fact.subjectKind)) return fact;
  const { id, ticket } = actor.unmasking;
  return { ...fact, ticket: fact.ticket ?? ticket, details: { ...fact.details, unmasked: id } };
}

const SHOWS_PEOPLE: ReadonlySet<AuditFact["subjectKind"]> = new Set(["client", "person", "search"]);

/** What a verb is given, before it checked it. */
export type InputOf<Verb extends (ctx: Context, input: never) => unknown> = Parameters<Verb>[1];
