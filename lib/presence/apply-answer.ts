import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import type { PresenceState } from "@/lib/events/schemas";
import type { TransactionContext } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_STATE } from "./effective-state";
import { announcedJoin, endedByOf, reasonOf } from "./ending-reason";
import type { FinishedSession } from "./fold-events";
import { judgeAnswer, stateOfRank, type KnownPresence, type NextPresence, type Proof } from "./judge-answer";
import { rankOf } from "./version";

export interface AppliedAnswer {
  outcome: "agreed" | "corrected" | "overtaken";
  /** As shown before and after; null when nothing is known of the client's sessions. */
  before: PresenceState | null;
  after: PresenceState | null;
}

/**
 * Machine write: what the broker answered about one client, in the caller's transaction. An answer that agrees renews the proof;
 * another is a presence event like any hook's: the row, the history of the session it ended, and the notification commit together.
 * Nothing changes when a hook came after the question was sent: the row stays locked from the look to the commit.
 * Throws NOT_FOUND for a client that never signed in.
 */
export async function applyAnswer(
  ctx: TransactionContext,
  { clientId, answer }: { clientId: string; answer: Proof },
): Promise<AppliedAnswer> {
  const clientKey = clientKeyOf(clientId);
  const row = await lockClient(ctx, clientKey);
  if (!row) throw new AppError("NOT_FOUND", `No client ${clientId} has ever signed in. Check the identifier.`);
  const known = toKnown(row);
  const judgement = judgeAnswer(known, answer);
  const before = row.state;
  switch (judgement.outcome) {
    case "overtaken":
      return { outcome: "overtaken", before, after: before };
    case "agreed":
      await renewProof(ctx, clientKey, answer.askedUs);
      return { outcome: "agreed", before, after: before };
    case "corrected": {
      await writeNext(ctx, { clientKey, next: judgement.next, askedUs: answer.askedUs });
      if (judgement.finished) await writeFinished(ctx, clientKey, judgement.finished);
      const { node, changedUs, ver } = judgement.next;
      const state = stateOfRank(rankOf(ver));
      const at = Math.floor(changedUs / 1_000);
      await notify(ctx.tx, { type: "presence.changed", clients: [{ clientId, state, at, node }] });
      const after = (await lockClient(ctx, clientKey))?.state ?? state;
      // A session that its node's boot had ended already was shown as ended: the answer only agrees with that.
      return { outcome: before === after && after !== "online" ? "agreed" : "corrected", before, after };
    }
  }
}

interface Row {
  ver: bigint | null;
  state: PresenceState | null;
  node: string;
  changed_us: bigint;
  proof_kind: string;
  proof_us: bigint;
  peer_address: string | null;
  peer_port: number | null;
  ends_us: bigint | null;
  booted_us: bigint | null;
}

const us = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`;
// Exact, unlike to_timestamp of a float.
const instant = (parameter: string): string => `timestamptz 'epoch' + ${parameter}::bigint * interval '1 microsecond'`;

const KNOWN = `
select p.ver, case when p.ver is not null then ${EFFECTIVE_STATE} end as state, n.name as node, ${us("p.changed_at")} as changed_us,
  p.proof_kind, ${us("p.proof_at")} as proof_us, p.peer_address, p.peer_port, ${us("p.ends_at")} as ends_us, ${us("n.booted_at")} as booted_us
from clients c left join presence p using (client_key) left join broker_nodes n using (node_id)
where c.client_key = $1::uuid`;

async function lockClient({ tx }: TransactionContext, clientKey: string): Promise<Row | undefined> {
  // By itself first: an outer join cannot lock, and a row read before a wait for its lock would be stale.
  await tx.$queryRawUnsafe("select 1 as locked from presence where client_key = $1::uuid for update", clientKey);
  const rows = await tx.$queryRawUnsafe<Row[]>(KNOWN, clientKey);
  return rows[0];
}

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
        endsAtUs: row.ends_us === null ? null : Number(row.ends_us),
        bootedUs: row.booted_us === null ? null : Number(row.booted_us),
      };

async function renewProof({ tx }: TransactionContext, clientKey: string, askedUs: number): Promise<void> {
  await tx.$executeRawUnsafe(
    `update presence set proof_kind = 'verify', proof_at = ${instant("$2")} where client_key = $1::uuid`,
    clientKey,
    askedUs,
  );
}

async function writeNext(
  { tx }: TransactionContext,
  { clientKey, next, askedUs }: { clientKey: string; next: NextPresence; askedUs: number },
): Promise<void> {
  // A client without a row has none to lock: one that a hook made meanwhile keeps what is later.
  const written = await tx.$executeRawUnsafe(
    `insert into presence as p (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address, peer_port)
     select $1::uuid, $2::bigint, n.node_id, ${instant("$4")}, 'verify', ${instant("$5")}, $6, $7::int from broker_nodes n where n.name = $3
     on conflict (client_key) do update set ver = excluded.ver, node_id = excluded.node_id, changed_at = excluded.changed_at,
       proof_kind = 'verify', proof_at = excluded.proof_at, peer_address = excluded.peer_address, peer_port = excluded.peer_port,
       ends_at = case when p.ver >> 2 = excluded.ver >> 2 then p.ends_at end, reason = null
       where p.ver < excluded.ver`,
    clientKey,
    next.ver,
    next.node,
    next.changedUs,
    askedUs,
    next.peer?.address ?? null,
    next.peer?.port ?? null,
  );
  if (written === 0) throw new AppError("CONFLICT", "The client's state changed at this moment. Ask again.");
}

const ended = { clientKey: "s.client_key", started: "s.started_at", ended: "s.ended_at", endsAt: "s.ends_at" };

async function writeFinished({ tx }: TransactionContext, clientKey: string, session: FinishedSession): Promise<void> {
  await tx.$executeRawUnsafe(
    `insert into sessions (client_key, node_id, started_at, ended_at, ending, peer_address, peer_port, reason, ended_by)
     select s.client_key, n.node_id, s.started_at, s.ended_at, s.ending, s.peer_address, s.peer_port, ${reasonOf(ended)},
       ${endedByOf(ended.started)}
     from (select $1::uuid as client_key, ${instant("$3")} as started_at, ${instant("$4")} as ended_at, $5 as ending,
       $6 as peer_address, $7::int as peer_port, ${instant("$8")} as ends_at) s
     join broker_nodes n on n.name = $2 ${announcedJoin(ended)}`,
    clientKey,
    session.node,
    session.startUs,
    session.endUs,
    session.ending,
    session.peer?.address ?? null,
    session.peer?.port ?? null,
    session.endsAtUs,
  );
}
