import type { ClientAnswer, OnlineSession } from "./ask-client";
import type { FinishedSession, Peer } from "./fold-events";
import { RANK, rankOf, startUsOf, versionOf, type EndRank, type Rank } from "./version";

/** What the store holds of one client; instants in µs since the epoch by the database's clock. */
export interface KnownPresence {
  ver: number;
  node: string;
  changedUs: number;
  proofKind: string;
  proofUs: number;
  peer: Peer | null;
  /** When the broker was told to end the connection; null when it was not. */
  endsAtUs: number | null;
  /** When the session began, where that is earlier than the version says; else null. */
  beganUs: number | null;
  /** When the life of its node ended that its session began in; null while that life lasts. */
  lifeEndedUs: number | null;
}

export interface NextPresence {
  ver: number;
  node: string;
  changedUs: number;
  peer: Peer | null;
}

/**
 * What an answer of the broker means for the store: `overtaken`, a hook or a later answer came after the question was sent, so
 * it tells nothing; `agreed`; or `corrected`, with the row to write and the session that thereby ended.
 */
export type Judgement =
  | { outcome: "overtaken" }
  | { outcome: "agreed" }
  | { outcome: "corrected"; next: NextPresence; finished: EndedSession | null };

/** `isNodeLost`: it ended with that life of its node. */
export type EndedSession = FinishedSession & { isNodeLost: boolean };

export type Proof = Exclude<ClientAnswer, { status: "no_answer" }>;

export function judgeAnswer(known: KnownPresence | null, answer: Proof): Judgement {
  if (known && Math.max(known.changedUs, known.proofUs) > answer.askedUs) return { outcome: "overtaken" };
  return answer.status === "online"
    ? judgeOnline(known, answer)
    : judgeEnded(known, answer.status === "offline" ? RANK.queued : RANK.gone, answer.askedUs);
}

function judgeEnded(known: KnownPresence | null, rank: EndRank, askedUs: number): Judgement {
  // Nothing to say of a client whose sessions were never seen: where it was is not told of one that is away.
  if (!known || rankOf(known.ver) === rank) return { outcome: "agreed" };
  const { node, peer, endsAtUs } = known;
  const startUs = startUsOf(known.ver);
  if (rankOf(known.ver) === RANK.gone)
    // A session of later than the one known to be gone; when it began is not told, so the question dates it.
    return {
      outcome: "corrected",
      next: { ver: versionOf(askedUs, rank), node, changedUs: askedUs, peer: null },
      finished: null,
    };
  const { endUs: changedUs, isNodeLost } = endOf(known, askedUs);
  return {
    outcome: "corrected",
    next: { ver: versionOf(startUs, rank), node, changedUs, peer },
    finished:
      rankOf(known.ver) === RANK.open
        ? {
            node,
            startUs: known.beganUs ?? startUs,
            endUs: changedUs,
            ending: rank === RANK.queued ? "queued" : "gone",
            peer,
            endsAtUs,
            isNodeLost,
          }
        : null,
  };
}

function judgeOnline(
  known: KnownPresence | null,
  { session, askedUs }: Extract<Proof, { status: "online" }>,
): Judgement {
  const { node, peer } = session;
  const open = known !== null && rankOf(known.ver) === RANK.open;
  if (known && open && known.node === node && known.lifeEndedUs === null && isSameSession(known, session))
    return { outcome: "agreed" };
  // The broker's clock may be off: never before what is known to have been, never after the question.
  const earliestUs = known ? (open ? startUsOf(known.ver) : known.changedUs) + 1 : 0;
  const startUs = Math.max(earliestUs, Math.min(session.startedUs ?? askedUs, askedUs));
  return {
    outcome: "corrected",
    next: { ver: versionOf(startUs, RANK.open), node, changedUs: askedUs, peer },
    finished: known && open ? replaced(known, startUs) : null,
  };
}

/** A session ended with its node's life, whatever its row says; else when it is seen not to be there any more. */
function endOf({ lifeEndedUs }: KnownPresence, seenUs: number): { endUs: number; isNodeLost: boolean } {
  return { endUs: Math.min(lifeEndedUs ?? seenUs, seenUs), isNodeLost: lifeEndedUs !== null };
}

function replaced(known: KnownPresence, nextStartUs: number): EndedSession {
  const startUs = known.beganUs ?? startUsOf(known.ver);
  const { endUs, isNodeLost } = endOf(known, nextStartUs);
  return {
    isNodeLost,
    node: known.node,
    startUs,
    endUs,
    ending: "taken_over",
    peer: known.peer,
    endsAtUs: known.endsAtUs,
  };
}

/**
 * Before the broker told its identity a session has none to differ by. One that began no later than the session that is known is that
 * session, of which another connection's address was taken, as when its sign-in went through another gateway.
 */
function isSameSession({ ver, peer }: KnownPresence, session: OnlineSession): boolean {
  if (peer === null || session.peer === null) return true;
  if (peer.address === session.peer.address && peer.port === session.peer.port) return true;
  return session.startedUs !== null && session.startedUs <= startUsOf(ver);
}

/** The state a rank stands for, on a node that answers. */
export const stateOfRank = (rank: Rank): "online" | "offline_queued" | "offline_gone" =>
  rank === RANK.open ? "online" : rank === RANK.queued ? "offline_queued" : "offline_gone";
