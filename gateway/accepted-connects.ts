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
  put: (connect: AcceptedConnect) => void;
  /** The one put last, if it is young enough; once. */
  take: (node: string, clientId: string) => AcceptedConnect | null;
  /** Those no session came of in time; each once. */
  takeUnfinished: () => AcceptedConnect[];
}

// The wakeup follows within the broker's own time-outs (8 s pool, 5 s answer).
const WAIT_US = 15_000_000;
// A storm of 20 000 connects a second has some tens under way; more than this means that wakeups do not come at all.
const MOST = 100_000;

/** Plain maps in order of arrival: a cache with an age costs a connect more than all that it decides. */
export function createAcceptedConnects(nodes: readonly string[], nowUs: () => number): AcceptedConnects {
  const byNode = new Map(nodes.map((node) => [node, new Map<string, AcceptedConnect>()]));
  return {
    put: (connect) => {
      const waiting = byNode.get(connect.node);
      if (!waiting) return;
      waiting.delete(connect.clientId);
      waiting.set(connect.clientId, connect);
      if (waiting.size > MOST) for (const oldest of waiting.keys()) return void waiting.delete(oldest);
    },
    take: (node, clientId) => {
      const waiting = byNode.get(node);
      const connect = waiting?.get(clientId);
      if (!connect || nowUs() - connect.atUs > WAIT_US) return null;
      waiting?.delete(clientId);
      return connect;
    },
    takeUnfinished: () => [...byNode.values()].flatMap((waiting) => takeOlder(waiting, nowUs() - WAIT_US)),
  };
}

function takeOlder(waiting: Map<string, AcceptedConnect>, beforeUs: number): AcceptedConnect[] {
  const taken: AcceptedConnect[] = [];
  for (const connect of waiting.values()) {
    if (connect.atUs >= beforeUs) break;
    taken.push(connect);
  }
  for (const { clientId } of taken) waiting.delete(clientId);
  return taken;
}
