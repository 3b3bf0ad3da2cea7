import { inTransaction, type Context, type TransactionContext } from "@/lib/rbac/context";
import { applyAnswers, type AnsweredClient } from "./apply-answer";
import type { AskClient } from "./ask-client";
import type { ListOnline } from "./list-online";
import type { DoubtKind } from "./schemas";

export interface AnsweredDoubts {
  /** How many were asked about, and how many of those showed something else than the broker says. */
  asked: number;
  corrected: number;
  /** How many needed no question: a later hook had said it. */
  settled: number;
  /** Given up after MOST_ATTEMPTS; the next sweep finds them again. */
  dropped: number;
}

/** Answers doubts, turn after turn; what it learns of the broker's speed stays with it. */
export type DoubtAnswerer = (ctx: Context, input: { most: number }) => Promise<AnsweredDoubts>;

// Doubling: a store that is right 30 s after its broker answers again needs the last wait to be well below.
const LONGEST_WAIT_SECONDS = 8;
// About a quarter of an hour.
const MOST_ATTEMPTS = 120;
// One transaction's worth: its rows stay locked meanwhile.
const MOST_APPLIED = 500;
// Each question about an online client is a scan of up to 100 ms, 16 at once. [vernemq.md §4, ask-client.ts]
const ASKED_PER_MS = 16 / 100;
const FIRST_LIST_MS = 600;

interface Doubt {
  clientKey: string;
  clientId: string;
  kind: DoubtKind;
  /** As PostgreSQL writes it, to the microsecond: the one that was answered, and no later one, is removed. */
  since: string;
  attempts: number;
  /** The sweep that found it, for a doubt of kind "sweep". */
  sweepId: number | null;
}

/**
 * Machine write: asks the broker about the doubts that are due, at most `most`, and applies what it says; a correction is kept
 * beside. What a later hook has settled is not asked. When so many are due that the nodes' whole lists cost the broker less than the
 * questions, those they show as online are answered by the lists, and only the rest is asked one by one. A doubt without an answer
 * waits for a later turn. Safe to run in several processes: an answer applies once.
 */
export function createDoubtAnswerer({ ask, listOnline }: { ask: AskClient; listOnline: ListOnline }): DoubtAnswerer {
  let listMs = FIRST_LIST_MS;

  const answersTo = async (doubts: readonly Doubt[]): Promise<{ doubt: Doubt; answered: AnsweredClient | null }[]> => {
    const isMany = doubts.length / ASKED_PER_MS > listMs;
    const listed = isMany ? await listOnline() : null;
    if (listed) listMs = listed.tookMs;
    return Promise.all(
      doubts.map(async (doubt) => {
        const answer = listed?.online.get(doubt.clientId) ?? (await ask(doubt.clientId));
        return { doubt, answered: answer.status === "no_answer" ? null : { clientId: doubt.clientId, answer } };
      }),
    );
  };

  return async (ctx, { most }) => {
    const settled = await settle(ctx);
    const due = await findDue(ctx, most);
    const total = { asked: due.length, settled, corrected: 0, dropped: 0 };
    for (let from = 0; from < due.length; from += MOST_APPLIED) {
      const answers = await answersTo(due.slice(from, from + MOST_APPLIED));
      const told = answers.flatMap(({ doubt, answered }) => (answered ? [{ doubt, answered }] : []));
      if (told.length > 0) total.corrected += await inTransaction(ctx, (tx) => apply(tx, told));
      const untold = answers.flatMap(({ doubt, answered }) => (answered ? [] : [doubt]));
      total.dropped += await postpone(ctx, untold);
    }
    return total;
  };
}

// A session that began since makes the doubt about an earlier ending, or about a list older than it, pointless; the beginning
// that an identity was ahead of has come; and what became of a node's life since has decided of all that were on it.
const SETTLE = `
delete from presence_doubts d using presence p join broker_nodes n using (node_id)
where (d.ask_at <= now() or greatest(n.lost_at, n.booted_at) > d.since) and p.client_key = d.client_key and case
  when to_timestamp((p.ver >> 2) / 1e6) < greatest(n.lost_at, n.booted_at) then d.since < greatest(n.lost_at, n.booted_at)
  when p.ver & 3 <> 0 then false
  when d.kind in ('early_ending', 'ending_without_session', 'sweep') then to_timestamp((p.ver >> 2) / 1e6) > d.since
  when d.kind = 'register_without_session'
    then p.node_id = d.node_id and to_timestamp((p.ver >> 2) / 1e6) > d.since
  else false end`;

async function settle(ctx: Context): Promise<number> {
  return (await ctx.db.pool.query(SETTLE)).rowCount ?? 0;
}

async function findDue(ctx: Context, most: number): Promise<Doubt[]> {
  const { rows } = await ctx.db.pool.query<Doubt>(
    `select d.client_key as "clientKey", coalesce(d.client_id, c.client_id) as "clientId", d.kind, d.since::text as since, d.attempts,
       d.sweep_id as "sweepId"
     from presence_doubts d left join clients c using (client_key)
     where d.ask_at <= now() and coalesce(d.client_id, c.client_id) is not null order by d.ask_at limit $1`,
    [most],
  );
  return rows;
}

/** Gives how many were corrected. */
async function apply(
  ctx: TransactionContext,
  told: readonly { doubt: Doubt; answered: AnsweredClient }[],
): Promise<number> {
  const applied = await applyAnswers(
    ctx,
    told.map(({ answered }) => answered),
  );
  await remove(
    ctx,
    told.map(({ doubt }) => doubt),
  );
  const corrected = told.flatMap(({ doubt }, index) => {
    const result = applied[index];
    return result?.outcome === "corrected" ? [{ ...doubt, before: result.before, after: result.after }] : [];
  });
  if (corrected.length === 0) return 0;
  await ctx.tx.$executeRawUnsafe(
    `insert into presence_corrections (client_key, at, kind, before, after)
     select client_key, now(), kind, before, after from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as t(client_key, kind, before, after)`,
    corrected.map((row) => row.clientKey),
    corrected.map((row) => row.kind),
    corrected.map((row) => row.before),
    corrected.map((row) => row.after),
  );
  await ctx.tx.$executeRawUnsafe(
    `update presence_sweeps s set confirmed = confirmed + t.n
     from (select id, count(*) as n from unnest($1::bigint[]) as t(id) group by id) t where s.id = t.id`,
    corrected.flatMap((row) => row.sweepId ?? []),
  );
  return corrected.length;
}

async function remove({ tx }: TransactionContext, doubts: readonly Doubt[]): Promise<void> {
  // A later doubt about the same client stays, and waits for the hooks on their way as any.
  await tx.$executeRawUnsafe(
    `with answered as (select * from unnest($1::uuid[], $2::text[]::timestamptz[]) as t(client_key, since)),
     removed as (
       delete from presence_doubts d using answered a where d.client_key = a.client_key and d.since <= a.since
     )
     update presence_doubts d set ask_at = d.since + interval '1 second' from answered a
       where d.client_key = a.client_key and d.since > a.since`,
    doubts.map((doubt) => doubt.clientKey),
    doubts.map((doubt) => doubt.since),
  );
}

/** Gives how many were given up. */
async function postpone(ctx: Context, doubts: readonly Doubt[]): Promise<number> {
  if (doubts.length === 0) return 0;
  const { rowCount } = await ctx.db.pool.query(
    `with unanswered as (select * from unnest($1::uuid[], $2::text[]::timestamptz[]) as t(client_key, since)),
     later as (
       update presence_doubts d set attempts = attempts + 1, ask_at = now() + least(${LONGEST_WAIT_SECONDS}, 2 ^ least(attempts, 10)) * interval '1 second'
       from unanswered u where d.client_key = u.client_key and d.since = u.since and d.attempts + 1 < $3
     )
     delete from presence_doubts d using unanswered u
       where d.client_key = u.client_key and d.since = u.since and d.attempts + 1 >= $3`,
    [doubts.map((doubt) => doubt.clientKey), doubts.map((doubt) => doubt.since), MOST_ATTEMPTS],
  );
  return rowCount ?? 0;
}
