/** A call that failed, or one that asks for a new token, whatever came of it. */
export interface LoopCall {
  n: number;
  atMs: number;
  endpoint: string;
  /** Null: no answer came. */
  status: number | null;
  isRefresh: boolean;
}

/** Lines that follow one another in the log, both inclusive. */
export interface Stretch {
  first: number;
  last: number;
}

/** What is said of a loop; instants are milliseconds since 1970. */
export interface LoopTold {
  /** Its first line. */
  n: number;
  fromMs: number;
  /** When its last call was made. */
  toMs: number;
  /** All its lines. */
  lines: number;
  /** Those that failed, without the refreshes between them, unless it is one of refreshes alone. */
  calls: number;
  /** Null: of several, `endpoints` of them. */
  endpoint: string | null;
  endpoints: number;
  /** What they were answered, the most often first; null: nothing. */
  statuses: (number | null)[];
  /** Tries to get a new token meanwhile, and what the last was answered. */
  refreshes: { count: number; status: number | null } | null;
}

/** The same failing call again and again, or 401 and refreshes that take turns. */
export interface LogLoop {
  told: LoopTold;
  /** Where its lines are, in order. */
  stretches: Stretch[];
}

// Tries further apart are no loop; fewer are patience. Guesses to revisit.
const LOOP_MS = 60_000;
const LOOP_CALLS = 4;
// What is beyond these, the smallest, is told of nowhere and its lines stand in the table as any other.
const MOST_LOOPS = 500;
const MOST_STRETCHES = 5_000;

/**
 * Tells the loops of a log from its failed calls and refreshes, given in the log's order, a page at a time: calls that follow one another
 * within a minute, those refused with 401 and refreshes together, others by their endpoint. A loop they are when one endpoint failed four
 * times, or when 401 came back after a refresh that was followed by another. Each line is in at most one. In the log's order.
 */
export async function findLoops(
  pages: Iterable<readonly LoopCall[]> | AsyncIterable<readonly LoopCall[]>,
): Promise<LogLoop[]> {
  const open = new Map<string, Chain>();
  let loops: LogLoop[] = [];
  const close = (chain: Chain): void => {
    if (isLoop(chain)) loops.push(loopOf(chain));
    if (loops.length > 2 * MOST_LOOPS) loops = largest(loops);
  };
  for await (const calls of pages)
    for (const call of calls) {
      const key = call.isRefresh || call.status === 401 ? TOKEN : call.endpoint;
      const chain = open.get(key);
      if (chain && call.atMs - chain.toMs <= LOOP_MS) add(chain, call);
      else {
        if (chain) close(chain);
        open.set(key, chainOf(call));
      }
    }
  for (const chain of open.values()) close(chain);
  return largest(loops).toSorted((a, b) => a.told.n - b.told.n);
}

// No endpoint is named so: they begin with a method.
const TOKEN = "";

/** Calls of one kind, counted. */
interface Tally {
  count: number;
  failures: Map<string, number>;
  answers: Map<number | null, number>;
  last: number | null;
}

/** Calls that may become a loop. */
interface Chain {
  fromMs: number;
  toMs: number;
  calls: Tally;
  refreshes: Tally;
  /** How often 401 came back after a refresh. */
  returns: number;
  endsInRefresh: boolean;
  stretches: [Stretch, ...Stretch[]];
}

const tally = (): Tally => ({ count: 0, failures: new Map(), answers: new Map(), last: null });

function chainOf(call: LoopCall): Chain {
  const chain: Chain = {
    fromMs: call.atMs,
    toMs: call.atMs,
    calls: tally(),
    refreshes: tally(),
    returns: 0,
    endsInRefresh: false,
    stretches: [{ first: call.n, last: call.n }],
  };
  count(chain, call);
  return chain;
}

function add(chain: Chain, call: LoopCall): void {
  // A clock that was set back in between does not make it longer.
  chain.toMs = Math.max(chain.toMs, call.atMs);
  const stretch = chain.stretches[chain.stretches.length - 1] ?? chain.stretches[0];
  if (call.n === stretch.last + 1) stretch.last = call.n;
  else if (chain.stretches.length < MOST_STRETCHES) chain.stretches.push({ first: call.n, last: call.n });
  count(chain, call);
}

function count(chain: Chain, { endpoint, status, isRefresh }: LoopCall): void {
  const one = isRefresh ? chain.refreshes : chain.calls;
  one.count += 1;
  one.last = status;
  one.answers.set(status, (one.answers.get(status) ?? 0) + 1);
  const isFailed = status === null || status >= 400;
  one.failures.set(endpoint, (one.failures.get(endpoint) ?? 0) + (isFailed ? 1 : 0));
  if (chain.endsInRefresh && !isRefresh) chain.returns += 1;
  chain.endsInRefresh = isRefresh;
}

function isLoop({ calls, refreshes, returns }: Chain): boolean {
  const isRepeated = [...calls.failures.values(), ...refreshes.failures.values()].some(
    (failed) => failed >= LOOP_CALLS,
  );
  return isRepeated || (returns >= 1 && refreshes.count >= 2 && calls.count >= 2);
}

function loopOf({ fromMs, toMs, calls, refreshes, stretches }: Chain): LogLoop {
  const named = calls.count > 0 ? calls : refreshes;
  const [first = null, ...others] = named.failures.keys();
  const told: LoopTold = {
    n: stretches[0].first,
    fromMs,
    toMs,
    lines: calls.count + refreshes.count,
    calls: named.count,
    endpoint: others.length === 0 ? first : null,
    endpoints: 1 + others.length,
    statuses: [...named.answers].toSorted(([, a], [, b]) => b - a).map(([status]) => status),
    refreshes: named === refreshes || refreshes.count === 0 ? null : { count: refreshes.count, status: refreshes.last },
  };
  return { told, stretches };
}

/** The loops of most lines, as many as there is room for. */
function largest(loops: readonly LogLoop[]): LogLoop[] {
  let room = MOST_STRETCHES;
  return loops
    .toSorted((a, b) => b.told.lines - a.told.lines)
    .slice(0, MOST_LOOPS)
    .filter(({ stretches }) => (room -= stretches.length) >= 0);
}
