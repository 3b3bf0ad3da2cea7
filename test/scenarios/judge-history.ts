import type { IntervalLine } from "@/simulator/truth";

/** A session as the product's history tells it; `endedAtMs` null while it is open. */
export interface StoredSession {
  node: string;
  startedAtMs: number;
  endedAtMs: number | null;
  /** Why it ended, as far as the product says. */
  reason: string | null;
}

/** A time in which something was broken, and what that excuses. */
export interface FaultWindow {
  fromMs: number;
  toMs: number;
  /** Hooks were lost in it: sessions that began and ended inside are nobody's to know. */
  hides: boolean;
  /** A node stood still in it: it held connections that their phones had given up, and accepts CONNECTs they no longer wait for. */
  stands: boolean;
}

// A hook is told before CONNACK, an ending is noticed on either side first, and the machine is busy.
const TOLERANCE_MS = 3_000;
// Such a session ends as soon as its closed socket is read.
const GIVEN_UP_MS = 1_000;
/** How long after a fault its traces may be corrected. */
export const RECOVERY_MS = 30_000;

/**
 * What is wrong in the stored history of one client: every true session is there once, on its node, begins and ends when it did
 * (later or earlier where a fault hid that instant), and no reason is told that is not so. Empty when all is well.
 */
export function judgeHistory(client: {
  intervals: readonly IntervalLine[];
  stored: readonly StoredSession[];
  windows: readonly FaultWindow[];
  /** How long the broker may hold a silent connection. */
  silentMs: number;
}): string[] {
  const { intervals, windows } = client;
  const left = [...client.stored];
  const pairs = new Map<IntervalLine, StoredSession>();
  // Those that are certain first, so that what a fault blurred is sought among the rest.
  for (const toleranceOf of [() => TOLERANCE_MS, (fromMs: number) => toleranceAt(windows, fromMs)])
    for (const interval of intervals.filter((it) => !pairs.has(it))) {
      const nearest = nearestOf(left, interval, toleranceOf(Date.parse(interval.from)));
      if (!nearest) continue;
      left.splice(left.indexOf(nearest), 1);
      pairs.set(interval, nearest);
    }
  const problems = intervals.flatMap((interval, index) => {
    const stored = pairs.get(interval);
    if (!stored) return isHidden(windows, interval) ? [] : [`missing: ${describeInterval(interval)}`];
    const problem =
      endProblem({ interval, stored, windows, silentMs: client.silentMs }) ??
      reasonProblem({ stored, interval, later: intervals.slice(index + 1), windows });
    return problem ? [`${problem}: ${describeInterval(interval)}, stored ${describeStored(stored)}`] : [];
  });
  const extra = left.filter((session) => !isGivenUp(windows, session));
  return [...problems, ...extra.map((session) => `never was: ${describeStored(session)}`)];
}

function nearestOf(sessions: readonly StoredSession[], interval: IntervalLine, toleranceMs: number) {
  const [attemptedMs, fromMs] = [Date.parse(interval.attempted), Date.parse(interval.from)];
  const offMs = ({ startedAtMs }: StoredSession): number =>
    Math.max(0, attemptedMs - startedAtMs, startedAtMs - fromMs);
  return (
    sessions
      .filter((session) => session.node === interval.node && offMs(session) <= toleranceMs)
      // Of two that are possible the later one: CONNACK follows its session's beginning at once.
      .toSorted((one, other) => offMs(one) - offMs(other) || other.startedAtMs - one.startedAtMs)
      .at(0)
  );
}

function endProblem(pair: {
  interval: IntervalLine;
  stored: StoredSession;
  windows: readonly FaultWindow[];
  silentMs: number;
}): string | null {
  const { interval, stored, windows } = pair;
  if (interval.to === null) return stored.endedAtMs === null ? null : "ended in the store, and is not over";
  if (stored.endedAtMs === null) return "open in the store, and is over";
  const toMs = Date.parse(interval.to);
  const toleranceMs = toleranceAt(windows, toMs);
  const laterMs = interval.ending === "silent" ? pair.silentMs : 0;
  const isNear = stored.endedAtMs >= toMs - toleranceMs && stored.endedAtMs <= toMs + laterMs + toleranceMs;
  return isNear ? null : `ends ${((stored.endedAtMs - toMs) / 1_000).toFixed(1)} s off`;
}

/** A take-over is told only where the client's next session began as this one ended. */
function reasonProblem(pair: {
  stored: StoredSession;
  interval: IntervalLine;
  later: readonly IntervalLine[];
  windows: readonly FaultWindow[];
}): string | null {
  const { stored, interval, later } = pair;
  if (stored.reason !== "taken_over" || stored.endedAtMs === null) return null;
  const { endedAtMs } = stored;
  const hasNext = later.some((next) => Math.abs(Date.parse(next.from) - endedAtMs) <= TOLERANCE_MS);
  const wasThen = interval.to === null || Math.abs(Date.parse(interval.to) - endedAtMs) <= TOLERANCE_MS;
  const stood = pair.windows.some((window) => window.stands && isWithin(extended(window), endedAtMs));
  const couldStand = stood || interval.ending === "silent" || interval.ending === "killed" || interval.ending === "cut";
  return hasNext && (wasThen || couldStand) ? null : "told as taken over, and was not";
}

const extended = ({ fromMs, toMs }: FaultWindow) => ({ fromMs: fromMs - 1_000, toMs: toMs + RECOVERY_MS });

const isWithin = (window: Pick<FaultWindow, "fromMs" | "toMs">, atMs: number): boolean =>
  atMs >= window.fromMs && atMs <= window.toMs;

/** A CONNECT its phone had given up, which a node that had stood still accepted all the same. */
const isGivenUp = (windows: readonly FaultWindow[], { startedAtMs, endedAtMs }: StoredSession): boolean =>
  endedAtMs !== null &&
  endedAtMs - startedAtMs <= GIVEN_UP_MS &&
  windows.some((window) => window.stands && isWithin(extended(window), startedAtMs));

function toleranceAt(windows: readonly FaultWindow[], atMs: number): number {
  const around = windows.map(extended).filter((window) => isWithin(window, atMs));
  return Math.max(TOLERANCE_MS, ...around.map(({ fromMs, toMs }) => toMs - fromMs));
}

function isHidden(windows: readonly FaultWindow[], { from, to }: IntervalLine): boolean {
  if (to === null) return false;
  return windows
    .filter(({ hides }) => hides)
    .map(extended)
    .some(({ fromMs, toMs }) => Date.parse(from) >= fromMs && Date.parse(to) <= toMs);
}

const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);

const describeInterval = ({ from, to, node, ending }: IntervalLine): string =>
  `${node} ${clock(Date.parse(from))}–${to === null ? "" : `${clock(Date.parse(to))} ${ending}`}`;

const describeStored = ({ node, startedAtMs, endedAtMs, reason }: StoredSession): string =>
  `${node} ${clock(startedAtMs)}–${endedAtMs === null ? "" : `${clock(endedAtMs)} ${reason ?? "(no reason told)"}`}`;
