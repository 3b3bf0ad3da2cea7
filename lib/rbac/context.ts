import type { Log } from "@/lib/log/log";
import type { Database, Transaction } from "@/lib/db/database";
import type { Actor } from "./actor";

/** What every verb is given: who acts, from where, the database, the clock. Built once per request or job at an edge. */
export interface Context {
  actor: Actor;
  db: Database;
  log: Log;
  now: () => Date;
  requestId: string;
  /** Address the request came from, null for our own processes. */
  fromAddress: string | null;
  /** Set inside `inTransaction`: what is done through it commits or rolls back together. */
  tx?: Transaction;
}

export type TransactionContext = Context & { tx: Transaction };

/** Runs `work` in one transaction; joins the caller's when there is one, so verbs compose into one commit. */
export async function inTransaction<T>(ctx: Context, work: (ctx: TransactionContext) => Promise<T>): Promise<T> {
  if (ctx.tx) return work({ ...ctx, tx: ctx.tx });
  return ctx.db.prisma.$transaction((tx) => work({ ...ctx, tx }), { maxWait: 5_000, timeout: 15_000 });
}
