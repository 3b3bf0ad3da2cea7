import type { Peer } from "@/lib/presence/fold-events";

/** A connect that was let in, for the wakeup that follows it and names only the client. */
export interface AcceptedConnect {
  clientId: string;
  node: string;
  atUs: number;
  peer: Peer;
  /** When the broker will end the connection, its token's time being over; null when it was not told to. */
  endsAtUs: number | null;
  /** Which counters its session belongs to. */
  cohort: number;
}

/** Accepted connects whose session has not begun. */
export interface AcceptedConnects {
  /** A connection asks once: of an address whose session has begun it is the same hook told again, and not put. */
  put: (connect: AcceptedConnect) => void;
  /**
   * The one whose session begins now, if it is young enough; each once. Connects that overlap, as those of two phones with one identifier,
   * begin in the order of their authentication; of others the last one counts, as those before were given up.
   */
  take: (node: string, clientId: string) => AcceptedConnect | null;
  /** Those no session came of in time; each once. */
  takeUnfinished: () => AcceptedConnect[];
}

// The wakeup follows within the broker's own time-outs (8 s pool, 5 s answer).
const WAIT_US = 15_000_000;
// A wakeup follows its authentication within some 100 ms, on a busy machine within a second or two. Longer than that, more phones that
// gave up and tried again would begin with the address of their first try, until they are asked about: a guess to revisit.
const OVERLAP_US = 3_000_000;
// A storm of 20 000 connects a second, for as long as each is remembered: some 100 bytes each.
const MOST = 300_000;

/**
 * The last connect. `isTaken`: its session has begun; `before`: addresses whose sessions began before, kept for as long as a hook may
 * be told again; `earlier`: connects that overlap with it and wait as well, oldest first.
 */
interface Remembered extends AcceptedConnect {
  isTaken: boolean;
  before: readonly Peer[];
  earlier: readonly AcceptedConnect[];
}
// Of one client on one node within WAIT_US: a flapping one.
const MOST_BEFORE = 8;

/** Plain maps, swept as a whole: a cache with an age, or in order of arrival, costs a connect more than all that it decides. */
export function createAcceptedConnects(nodes: readonly string[], nowUs: () => number): AcceptedConnects {
  const byNode = new Map(nodes.map((node) => [node, new Map<string, Remembered>()]));
  return {
    put: (connect) => {
      const waiting = byNode.get(connect.node);
      if (!waiting) return;
      const known = waiting.get(connect.clientId);
      const next = known ? againOf(known, connect) : remembered(connect, NO_PEERS, NO_CONNECTS);
      // Replaced, not changed: writing new values into an old object costs the collector more than a new one.
      if (next) waiting.set(connect.clientId, next);
      if (waiting.size > MOST) for (const oldest of waiting.keys()) return void waiting.delete(oldest);
    },
    take: (node, clientId) => {
      const connect = byNode.get(node)?.get(clientId);
      const earlier = connect && connect.earlier.length > 0 ? takeEarlier(connect, nowUs()) : null;
      if (earlier) return earlier;
      if (!connect || connect.isTaken || nowUs() - connect.atUs > WAIT_US) return null;
      connect.isTaken = true;
      return connect;
    },
    takeUnfinished: () => [...byNode.values()].flatMap((waiting) => takeOlder(waiting, nowUs() - WAIT_US)),
  };
}

// Field by field, as a spread costs a connect more than all the rest of this.
const remembered = (
  { clientId, node, atUs, peer, endsAtUs, cohort }: AcceptedConnect,
  before: readonly Peer[],
  earlier: readonly AcceptedConnect[],
): Remembered => ({ clientId, node, atUs, peer, endsAtUs, cohort, isTaken: false, before, earlier });

const isSamePeer = (a: Peer, b: Peer): boolean => a.port === b.port && a.address === b.address;

const NO_PEERS: readonly Peer[] = [];
const NO_CONNECTS: readonly AcceptedConnect[] = [];

/** What is remembered of a client that connects again; null when that is an old connect told again. */
function againOf(known: Remembered, connect: AcceptedConnect): Remembered | null {
  const before = connect.atUs - known.atUs <= WAIT_US ? begunOf(known) : NO_PEERS;
  if (before.some((peer) => isSamePeer(peer, connect.peer))) return null;
  return remembered(connect, before, overlapping(known, connect));
}

function overlapping(known: Remembered, connect: AcceptedConnect): readonly AcceptedConnect[] {
  const isGivenUp = known.isTaken || connect.atUs - known.atUs > OVERLAP_US || isSamePeer(known.peer, connect.peer);
  if (known.earlier.length === 0 && isGivenUp) return NO_CONNECTS;
  const { clientId, node, atUs, peer, endsAtUs, cohort } = known;
  const waiting = known.isTaken ? NO_CONNECTS : [{ clientId, node, atUs, peer, endsAtUs, cohort }];
  return [...known.earlier, ...waiting]
    .filter((one) => connect.atUs - one.atUs <= OVERLAP_US && !isSamePeer(one.peer, connect.peer))
    .slice(-MOST_BEFORE);
}

/** The oldest that overlaps with the last one; null when they were given up meanwhile. */
function takeEarlier(known: Remembered, nowUs: number): AcceptedConnect | null {
  const [first, ...rest] = known.earlier.filter((one) => nowUs - one.atUs <= OVERLAP_US);
  known.earlier = rest;
  if (!first) return null;
  known.before = [...known.before, first.peer].slice(-MOST_BEFORE);
  return first;
}

const begunOf = ({ isTaken, peer, before }: Remembered): readonly Peer[] =>
  isTaken ? [...before, peer].slice(-MOST_BEFORE) : before;

/** Forgets what is older, and gives those of it that no session came of. */
function takeOlder(waiting: Map<string, Remembered>, beforeUs: number): AcceptedConnect[] {
  const older = [...waiting.values()].filter(({ atUs }) => atUs < beforeUs);
  for (const { clientId } of older) waiting.delete(clientId);
  return older.filter(({ isTaken }) => !isTaken);
}
