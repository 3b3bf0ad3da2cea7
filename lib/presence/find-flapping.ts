import { FLAPPING_CONNECTS, FLAPPING_MINUTES, type Flapping } from "./schemas";

export interface FlapSession {
  startedMs: number;
  /** Null while it is open. */
  endedMs: number | null;
  ending: string | null;
  peerAddress: string | null;
}

const WINDOW_MS = FLAPPING_MINUTES * 60_000;
// Two phones throw each other out: most of their sessions end by the other's connect, not by a lost connection.
const SHARED_TAKE_OVERS = 0.5;
// A node that gives a kept session away tells of its ending some 110 ms before the other tells of the beginning. [vernemq.md §1]
const HAND_OVER_MS = 1_000;
// One phone is replaced by another once; back again may be a mistake put right.
const SHARED_SWITCHES = 3;

/** What a client's tokens named meanwhile: the models, and how often one followed on another. */
export interface DevicesNamed {
  models: readonly string[];
  switches: number;
}

/**
 * The densest ten minutes of connects among a client's sessions, when they are too many for one phone on a good network; null
 * otherwise. `sharedId`: two phones use one client identifier, as their models take turns, or most connects were followed at once by
 * another and not all came of one address or model. Addresses in order of their count.
 */
export function findFlapping(
  sessions: readonly FlapSession[],
  { models, switches }: DevicesNamed = { models: [], switches: 0 },
): Flapping | null {
  const ordered = sessions.toSorted((a, b) => a.startedMs - b.startedMs);
  const run = densest(ordered);
  const [first, last] = [run[0], run.at(-1)];
  if (!first || !last || run.length < FLAPPING_CONNECTS) return null;
  const counts = new Map<string, number>();
  for (const { peerAddress } of run) if (peerAddress) counts.set(peerAddress, (counts.get(peerAddress) ?? 0) + 1);
  const takeOvers = run.filter((session, index) => isTakenOver(session, run[index + 1])).length;
  const throwOut = takeOvers >= run.length * SHARED_TAKE_OVERS && (counts.size > 1 || models.length > 1);
  return {
    connects: run.length,
    from: new Date(first.startedMs).toISOString(),
    to: new Date(last.endedMs ?? last.startedMs).toISOString(),
    takeOvers,
    sharedId: throwOut || switches >= SHARED_SWITCHES,
    addresses: [...counts]
      .map(([address, connects]) => ({ address, connects }))
      .toSorted((a, b) => b.connects - a.connects)
      .slice(0, 4),
    devices: models.slice(0, 4),
  };
}

const isTakenOver = ({ ending, endedMs }: FlapSession, next: FlapSession | undefined): boolean =>
  ending === "taken_over" || (endedMs !== null && next !== undefined && next.startedMs - endedMs <= HAND_OVER_MS);

/** The most sessions that began within one window; of equal ones the latest. */
function densest(ordered: readonly FlapSession[]): readonly FlapSession[] {
  let best: readonly [number, number] = [0, 0];
  let begin = 0;
  for (const [end, session] of ordered.entries()) {
    while (session.startedMs - (ordered[begin]?.startedMs ?? session.startedMs) > WINDOW_MS) begin += 1;
    if (end + 1 - begin >= best[1] - best[0]) best = [begin, end + 1];
  }
  return ordered.slice(...best);
}
