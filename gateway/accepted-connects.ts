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

/** Accepted connects whose session has not begun; of a client on a node the last one counts. */
export interface AcceptedConnects {
  /** A connection asks once: of an address whose session has begun it is the same hook told again, and not put. */
  put: (connect: AcceptedConnect) => void;
  /** The one put last, if it is young enough; once. */
  take: (node: string, clientId: string) => AcceptedConnect | null;
  /** Those no session came of in time; each once. */
  takeUnfinished: () => AcceptedConnect[];
}

// The wakeup follows within the broker's own time-outs (8 s pool, 5 s answer).
const WAIT_US = 15_000_000;
// A storm of 20 000 connects a second, for as long as each is remembered: some 100 bytes each.
const MOST = 300_000;

/** `isTaken`: its session has begun; `before`: addresses whose sessions began before. Kept for as long as a hook may be told again. */
interface Remembered extends AcceptedConnect {
  isTaken: boolean;
  before: readonly Peer[];
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
      if (known) return connectAgain(known, connect);
      waiting.set(connect.clientId, { ...connect, isTaken: false, before: NO_PEERS });
      if (waiting.size > MOST) for (const oldest of waiting.keys()) return void waiting.delete(oldest);
    },
    take: (node, clientId) => {
      const connect = byNode.get(node)?.get(clientId);
      if (!connect || connect.isTaken || nowUs() - connect.atUs > WAIT_US) return null;
      connect.isTaken = true;
      return connect;
    },
    takeUnfinished: () => [...byNode.values()].flatMap((waiting) => takeOlder(waiting, nowUs() - WAIT_US)),
  };
}

const isSamePeer = (a: Peer, b: Peer): boolean => a.port === b.port && a.address === b.address;

const NO_PEERS: readonly Peer[] = [];

/** What is remembered of a client becomes its new connect; unless that is an old one told again. */
function connectAgain(known: Remembered, connect: AcceptedConnect): void {
  const before = connect.atUs - known.atUs <= WAIT_US ? begunOf(known) : NO_PEERS;
  if (before.some((peer) => isSamePeer(peer, connect.peer))) return;
  known.atUs = connect.atUs;
  known.peer = connect.peer;
  known.endsAtUs = connect.endsAtUs;
  known.cohort = connect.cohort;
  known.isTaken = false;
  known.before = before;
}

const begunOf = ({ isTaken, peer, before }: Remembered): readonly Peer[] =>
  isTaken ? [...before, peer].slice(-MOST_BEFORE) : before;

/** Forgets what is older, and gives those of it that no session came of. */
function takeOlder(waiting: Map<string, Remembered>, beforeUs: number): AcceptedConnect[] {
  const older = [...waiting.values()].filter(({ atUs }) => atUs < beforeUs);
  for (const { clientId } of older) waiting.delete(clientId);
  return older.filter(({ isTaken }) => !isTaken);
}
