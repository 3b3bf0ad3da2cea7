import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { applyAnswer } from "./apply-answer";
import type { AskClient } from "./ask-client";
import type { DoubtKind } from "./schemas";

export interface AnsweredDoubts {
  /** How many were asked about, and how many of those showed something else than the broker says. */
  asked: number;
  corrected: number;
  /** Given up after MOST_ATTEMPTS; the next sweep finds them again. */
  dropped: number;
}

// Few, so that a storm of doubts leaves the database's connections to others.
const AT_ONCE = 4;
// With waits that double up to a minute: about a quarter of an hour.
const MOST_ATTEMPTS = 20;

interface Doubt {
  clientKey: string;
  clientId: string | null;
  kind: DoubtKind;
  /** As PostgreSQL writes it, to the microsecond: the one that was answered, and no later one, is removed. */
  since: string;
  attempts: number;
  /** The sweep that found it, for a doubt of kind "sweep". */
  sweepId: number | null;
}

/**
 * Machine write: asks the broker about the doubts that are due, at most `most`, and applies what it says; a correction is kept
 * beside. One without an answer is asked again later. Safe to run in several processes: an answer applies once.
 */
export async function answerDoubts(
  ctx: Context,
  { ask, most }: { ask: AskClient; most: number },
): Promise<AnsweredDoubts> {
  const { rows } = await ctx.db.pool.query<Doubt>(
    `select d.client_key as "clientKey", c.client_id as "clientId", d.kind, d.since::text as since, d.attempts, d.sweep_id as "sweepId"
     from presence_doubts d left join clients c using (client_key) where d.ask_at <= now() order by d.ask_at limit $1`,
    [most],
  );
  const total = { asked: 0, corrected: 0, dropped: 0 };
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const ends = await Promise.all(rows.slice(from, from + AT_ONCE).map((doubt) => answerOne(ctx, ask, doubt)));
    total.asked += ends.length;
    total.corrected += ends.filter((end) => end === "corrected").length;
    total.dropped += ends.filter((end) => end === "dropped").length;
  }
  return total;
}

async function answerOne(
  ctx: Context,
  ask: AskClient,
  doubt: Doubt,
): Promise<"settled" | "corrected" | "dropped" | "waits"> {
  const { clientId } = doubt;
  // Of a client that never signed in nothing is shown that could be wrong.
  if (clientId === null) return inTransaction(ctx, (tx) => remove(tx, doubt).then(() => "settled" as const));
  const answer = await ask(clientId);
  return inTransaction(ctx, async (tx) => {
    if (answer.status === "no_answer") return postpone(tx, doubt);
    const { outcome, before, after } = await applyAnswer(tx, { clientId, answer });
    await remove(tx, doubt);
    if (outcome !== "corrected") return "settled";
    await tx.tx.$executeRaw`insert into presence_corrections (client_key, at, kind, before, after)
      values (${doubt.clientKey}::uuid, now(), ${doubt.kind}, ${before}, ${after})`;
    if (doubt.sweepId !== null)
      await tx.tx.$executeRaw`update presence_sweeps set confirmed = confirmed + 1 where id = ${doubt.sweepId}::bigint`;
    return "corrected";
  });
}

async function remove({ tx }: TransactionContext, doubt: Doubt): Promise<void> {
  await tx.$executeRaw`delete from presence_doubts
    where client_key = ${doubt.clientKey}::uuid and since = ${doubt.since}::text::timestamptz`;
}

async function postpone(ctx: TransactionContext, doubt: Doubt): Promise<"dropped" | "waits"> {
  if (doubt.attempts + 1 >= MOST_ATTEMPTS) {
    await remove(ctx, doubt);
    return "dropped";
  }
  const waitSeconds = Math.min(60, 2 ** doubt.attempts);
  await ctx.tx
    .$executeRaw`update presence_doubts set attempts = attempts + 1, ask_at = now() + ${waitSeconds}::int * interval '1 second'
    where client_key = ${doubt.clientKey}::uuid and since = ${doubt.since}::text::timestamptz`;
  return "waits";
}
