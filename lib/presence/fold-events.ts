import type { DoubtKind } from "./schemas";
import { endingOfRank, RANK, type EndRank, type Rank } from "./version";

/** What a gateway saw of one client on one node, at its receive time in µs of the database's clock. */
export type PresenceEvent =
  /**
   * `peer` null: this node asked for no authentication of the client in the last 15 s. `endsAtUs`: when the broker was told to
   * end the connection. `cohort`: of what its sign-in said (`cohortOf`); absent: what was known of the client stays.
   */
  | {
      kind: "opened";
      clientId: string;
      node: string;
      atUs: number;
      peer: Peer | null;
      endsAtUs?: number | null;
      cohort?: number | null;
    }
  | { kind: "confirmed"; clientId: string; node: string; atUs: number; peer: Peer }
  | { kind: "ended"; clientId: string; node: string; atUs: number; rank: EndRank; reason?: "session_expired" };

export interface Peer {
  address: string;
  port: number;
}

export interface FinishedSession {
  node: string;
  startUs: number;
  endUs: number;
  ending: "queued" | "gone" | "taken_over";
  peer: Peer | null;
  endsAtUs: number | null;
}

interface CurrentSession {
  node: string;
  startUs: number;
  rank: Rank;
  changedUs: number;
  peer: Peer | null;
  endsAtUs: number | null;
  cohort: number | null;
}

/** All that one batch knows of one client. `current`: the latest session opened in the batch, null when none was. */
export interface FoldedClient {
  clientId: string;
  current: CurrentSession | null;
  /** Endings of a session that was open before the batch, at most one a node. */
  closings: { node: string; atUs: number; rank: EndRank; reason: "session_expired" | null }[];
  /** Identity of a session opened before the batch. */
  confirmed: { node: string; atUs: number; peer: Peer } | null;
  /** Sessions that began and ended inside the batch, but for the current one. */
  finished: FinishedSession[];
  /** Finished sessions left out because there were more than the bound. */
  finishedDropped: number;
  /** Why `current` is not sure, null when it is. */
  doubt: DoubtKind | null;
}

/**
 * How late a hook of the session before may come: 8 s pool wait, 5 s answer time-out, slack. So an ending this soon may be that
 * one's, a second beginning on another node leaves open which of them holds, and one on the same node may be a repetition.
 */
export const HOOKS_LATE_US = 15_000_000;

// A client that flaps more often than this within one batch (milliseconds) loses the oldest, counted: a guess to revisit.
const MOST_FINISHED = 64;

export const emptyFold = (clientId: string): FoldedClient => ({
  clientId,
  current: null,
  closings: [],
  confirmed: null,
  finished: [],
  finishedDropped: 0,
  doubt: null,
});

/**
 * Folds one event, in order of receipt, into what the batch knows of its client.
 * A wakeup opens; an ending closes the session of its own node and no other; an identity never changes state.
 */
export function foldEvent(fold: FoldedClient, event: PresenceEvent): FoldedClient {
  switch (event.kind) {
    case "opened":
      return openSession(fold, event);
    case "confirmed":
      return confirmSession(fold, event);
    case "ended":
      return endSession(fold, event);
  }
}

function openSession(fold: FoldedClient, event: Extract<PresenceEvent, { kind: "opened" }>): FoldedClient {
  const { current } = fold;
  const heldBy = current?.rank === RANK.open && event.atUs - current.startUs < HOOKS_LATE_US ? current.node : null;
  // A node tells of the ending of what it replaces before it tells of the next: the same beginning, told twice.
  if (current && heldBy === event.node && event.peer && isSamePeer(event.peer, current.peer)) return fold;
  // Of no address, it may be an old one told again: what is known stands, in doubt.
  if (current && event.peer === null && event.atUs - current.changedUs < HOOKS_LATE_US)
    return { ...fold, doubt: "wakeup_without_auth" };
  const next = current ? withFinished(fold, finish(current, event.atUs)) : fold;
  return {
    ...next,
    confirmed: null,
    doubt: event.peer === null ? "wakeup_without_auth" : heldBy !== null && heldBy !== event.node ? "two_nodes" : null,
    current: {
      node: event.node,
      startUs: Math.max(event.atUs, (fold.current?.startUs ?? 0) + 1),
      rank: RANK.open,
      changedUs: event.atUs,
      peer: event.peer,
      endsAtUs: event.endsAtUs ?? null,
      cohort: event.cohort ?? fold.current?.cohort ?? null,
    },
  };
}

function confirmSession(fold: FoldedClient, event: Extract<PresenceEvent, { kind: "confirmed" }>): FoldedClient {
  const { current } = fold;
  if (!current) return { ...fold, confirmed: { node: event.node, atUs: event.atUs, peer: event.peer } };
  if (current.rank !== RANK.open) return { ...fold, doubt: "register_without_session" };
  if (current.node !== event.node) return { ...fold, doubt: "two_nodes" };
  // A wakeup of no address may be an old one told again, and this its identity.
  return current.peer && !isSamePeer(event.peer, current.peer) ? { ...fold, doubt: "register_without_session" } : fold;
}

function endSession(fold: FoldedClient, event: Extract<PresenceEvent, { kind: "ended" }>): FoldedClient {
  const { current } = fold;
  if (current) {
    const isItsOwn = current.node === event.node && current.startUs <= event.atUs && current.rank < event.rank;
    if (!isItsOwn) return fold;
    const doubt = event.atUs - current.startUs < HOOKS_LATE_US ? "early_ending" : fold.doubt;
    return { ...fold, current: { ...current, rank: event.rank, changedUs: event.atUs }, doubt };
  }
  const others = fold.closings.filter((closing) => closing.node !== event.node);
  const known = fold.closings.find((closing) => closing.node === event.node);
  const rank = known && known.rank > event.rank ? known.rank : event.rank;
  const closing = { node: event.node, atUs: known?.atUs ?? event.atUs, rank, reason: event.reason ?? null };
  return { ...fold, closings: [...others, closing] };
}

const isSamePeer = (a: Peer, b: Peer | null): boolean => b !== null && a.address === b.address && a.port === b.port;

function finish(current: CurrentSession, nextStartUs: number): FinishedSession {
  const ended = current.rank === RANK.open ? null : current.rank;
  return {
    node: current.node,
    startUs: current.startUs,
    endUs: ended ? current.changedUs : nextStartUs,
    ending: ended ? endingOfRank(ended) : "taken_over",
    peer: current.peer,
    endsAtUs: current.endsAtUs,
  };
}

function withFinished(fold: FoldedClient, session: FinishedSession): FoldedClient {
  const all = [...fold.finished, session];
  const over = Math.max(0, all.length - MOST_FINISHED);
  return { ...fold, finished: all.slice(over), finishedDropped: fold.finishedDropped + over };
}
