import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { notify } from "@/lib/events/notify";
import type { PresenceState } from "@/lib/events/schemas";
import type { TransactionContext } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_STATE } from "./effective-state";
import { judgeAnswer, type Judgement, type KnownPresence, type Proof } from "./judge-answer";
import { writeCorrections, type Correction } from "./write-corrections";

export interface AppliedAnswer {
  outcome: "agreed" | "corrected" | "overtaken";
  /** As shown before and after; null when nothing is known of the client's sessions. */
  before: PresenceState | null;
  after: PresenceState | null;
}

export interface AnsweredClient {
  clientId: string;
  answer: Proof;
}

// Of at most 64 + 32 characters and their keys each: below NOTIFY's 8 000 bytes.
const MOST_TOLD = 36;

/**
 * Machine write: what the broker answered about clients, each named once, in the caller's transaction; the results in the order of
 * the answers. An answer that agrees renews the proof and names the address; another is a presence event like any hook's,
 * marked as a correction: the row, the history of the session it ended, and the notification commit together. Nothing changes when a hook came after the
 * question was sent: the rows stay locked from the look to the commit. A client nobody had heard of, of which the broker has a
 * session, is known from here on, without a person; of one it has none the result is null.
 */
export async function applyAnswers(
  ctx: TransactionContext,
  answers: readonly AnsweredClient[],
): Promise<(AppliedAnswer | null)[]> {
  const keyed = answers.map((answered) => ({ ...answered, clientKey: clientKeyOf(answered.clientId) }));
  await meetClients(
    ctx,
    keyed.filter(({ answer }) => answer.status !== "absent"),
  );
  const known = await lockClients(
    ctx,
    keyed.map(({ clientKey }) => clientKey),
  );
  const judged = keyed.map((answered) => {
    const row = known.get(answered.clientKey);
    const judgement: Judgement = row ? judgeAnswer(toKnown(row), answered.answer) : { outcome: "agreed" };
    return { ...answered, row, judgement };
  });
  await renewProofs(
    ctx,
    judged.filter(({ row, judgement }) => row && judgement.outcome === "agreed"),
  );
  const corrections = judged.flatMap(({ clientKey, answer, judgement }): Correction[] =>
    judgement.outcome === "corrected" ? [{ ...judgement, clientKey, askedUs: answer.askedUs }] : [],
  );
  const written = await writeCorrections(ctx, corrections);
  const now = written.size > 0 ? await readClients(ctx, [...written]) : known;
  const applied = judged.map(({ clientKey, row, judgement }): AppliedAnswer | null => {
    if (!row) return null;
    const before = row.state;
    if (judgement.outcome !== "corrected") return { outcome: judgement.outcome, before, after: before };
    // A row that a hook made meanwhile, where there was none to lock.
    if (!written.has(clientKey)) return { outcome: "overtaken", before, after: before };
    const after = now.get(clientKey)?.state ?? null;
    // A session that its node's life had ended already was shown as ended: the answer only agrees with that.
    return { outcome: before === after && after !== "online" ? "agreed" : "corrected", before, after };
  });
  await tellCorrected(
    ctx,
    judged.flatMap(({ clientId, judgement }, index) => {
      const after = applied[index]?.after;
      if (judgement.outcome !== "corrected" || applied[index]?.outcome === "overtaken" || !after) return [];
      const { changedUs, node } = judgement.next;
      return [{ clientId, state: after, at: Math.floor(changedUs / 1_000), node, correction: true as const }];
    }),
  );
  return applied;
}

/** One answer. Throws NOT_FOUND for a client nobody has ever heard of, and of which the broker has no session. */
export async function applyAnswer(ctx: TransactionContext, answered: AnsweredClient): Promise<AppliedAnswer> {
  const [applied] = await applyAnswers(ctx, [answered]);
  if (applied) return applied;
  throw new AppError(
    "NOT_FOUND",
    sentence("No client {clientId} has ever signed in. Check the identifier.", { clientId: answered.clientId }),
  );
}

interface Row {
  client_key: string;
  ver: bigint | null;
  state: PresenceState | null;
  node: string;
  changed_us: bigint;
  proof_kind: string;
  proof_us: bigint;
  peer_address: string | null;
  peer_port: number | null;
  ends_us: bigint | null;
  began_us: bigint | null;
  life_ended_us: bigint | null;
}

const us = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`;

const KNOWN = `
select c.client_key, p.ver, case when p.ver is not null then ${EFFECTIVE_STATE} end as state, n.name as node,
  ${us("p.changed_at")} as changed_us, p.proof_kind, ${us("p.proof_at")} as proof_us, p.peer_address, p.peer_port,
  ${us("p.ends_at")} as ends_us, ${us("p.began_at")} as began_us,
  case when p.ver >> 2 < ${us("n.lost_at")} then ${us("n.lost_at")} when p.ver >> 2 < ${us("n.booted_at")} then ${us("n.booted_at")} end
    as life_ended_us
from clients c left join presence p using (client_key) left join broker_nodes n using (node_id)
where c.client_key = any($1::uuid[])`;

async function meetClients({ tx }: TransactionContext, clients: readonly { clientKey: string; clientId: string }[]) {
  if (clients.length === 0) return;
  await tx.$executeRawUnsafe(
    `insert into clients (client_key, client_id) select * from unnest($1::uuid[], $2::text[]) as t(client_key, client_id)
     where not exists (select 1 from clients c where c.client_key = t.client_key) on conflict do nothing`,
    clients.map((client) => client.clientKey),
    clients.map((client) => client.clientId),
  );
}

async function lockClients(ctx: TransactionContext, clientKeys: readonly string[]): Promise<Map<string, Row>> {
  // By itself first: an outer join cannot lock, and a row read before a wait for its lock would be stale.
  await ctx.tx.$queryRawUnsafe(
    "select 1 as locked from presence where client_key = any($1::uuid[]) order by client_key for update",
    clientKeys,
  );
  return readClients(ctx, clientKeys);
}

async function readClients({ tx }: TransactionContext, clientKeys: readonly string[]): Promise<Map<string, Row>> {
  const rows = await tx.$queryRawUnsafe<Row[]>(KNOWN, clientKeys);
  return new Map(rows.map((row) => [row.client_key, row]));
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value));

const toKnown = (row: Row): KnownPresence | null =>
  row.ver === null
    ? null
    : {
        ver: Number(row.ver),
        node: row.node,
        changedUs: Number(row.changed_us),
        proofKind: row.proof_kind,
        proofUs: Number(row.proof_us),
        peer:
          row.peer_address !== null && row.peer_port !== null
            ? { address: row.peer_address, port: row.peer_port }
            : null,
        endsAtUs: numberOf(row.ends_us),
        beganUs: numberOf(row.began_us),
        lifeEndedUs: numberOf(row.life_ended_us),
      };

async function renewProofs({ tx }: TransactionContext, agreed: readonly { clientKey: string; answer: Proof }[]) {
  if (agreed.length === 0) return;
  await tx.$executeRawUnsafe(
    `update presence p set proof_kind = 'verify', proof_at = timestamptz 'epoch' + a.asked_us * interval '1 microsecond',
       peer_address = coalesce(a.peer_address, p.peer_address), peer_port = coalesce(a.peer_port, p.peer_port)
     from unnest($1::uuid[], $2::bigint[], $3::text[], $4::int[]) as a(client_key, asked_us, peer_address, peer_port)
     where p.client_key = a.client_key`,
    agreed.map(({ clientKey }) => clientKey),
    agreed.map(({ answer }) => answer.askedUs),
    agreed.map(({ answer }) => (answer.status === "online" ? (answer.session.peer?.address ?? null) : null)),
    agreed.map(({ answer }) => (answer.status === "online" ? (answer.session.peer?.port ?? null) : null)),
  );
}

async function tellCorrected(
  ctx: TransactionContext,
  clients: { clientId: string; state: PresenceState; at: number; node: string; correction: true }[],
): Promise<void> {
  for (let from = 0; from < clients.length; from += MOST_TOLD)
    await notify(ctx.tx, { type: "presence.changed", clients: clients.slice(from, from + MOST_TOLD) });
}
