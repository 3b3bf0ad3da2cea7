import type { LiveEvent } from "./schemas";

type PresenceEvent = Extract<LiveEvent, { type: "presence.changed" }>;
type Change = PresenceEvent["clients"][number];

/** One browser, as presence is told to it. */
export interface PresenceReader {
  /** Clients its page shows; null until it has said which. */
  watched: ReadonlySet<string> | null;
  tell: (event: PresenceEvent) => void;
  /** Too much was missed: it should ask again. */
  refetch: () => void;
}

/**
 * Tells each browser what becomes of the clients it shows, and of all others only how many changed: a fleet's storm costs a
 * browser one small event a second.
 * Changes gather for 100 ms, the last word of each client. What was told lately is kept for a moment, so that a browser that
 * has just read a page and then says what it shows misses nothing between the two.
 */
export interface PresenceFanout {
  add: (changes: readonly Change[]) => void;
  join: (reader: PresenceReader) => void;
  leave: (reader: PresenceReader) => void;
  /** Says which clients a page shows from now on; what became of them in the last seconds is told at once. */
  watch: (reader: PresenceReader, clientIds: readonly string[]) => void;
  stop: () => void;
}

const GATHER_MS = 100;
/** More in 100 ms than a gateway can write: what is above is told as "ask again". */
const MOST_GATHERED = 20_000;
/** A browser that has not said what it shows is told of so many; beyond, it asks again. A guess to revisit. */
const MOST_UNWATCHED = 500;
/** From reading a page to saying what it shows; measured below a second, also on a slow network. */
const KEPT_MS = 3_000;
/** How often a browser hears that others changed, and the least time between two requests to ask again. */
const OTHERS_EVERY_MS = 1_000;
const REFETCH_EVERY_MS = 5_000;

interface Standing {
  reader: PresenceReader;
  others: number;
  othersAt: number;
  refetchAt: number;
  /** It should ask again, once the time has come. */
  isBehind: boolean;
}

export function createPresenceFanout({ now }: { now: () => Date }): PresenceFanout {
  const readers = new Map<PresenceReader, Standing>();
  const gathered = new Map<string, Change>();
  const kept: { at: number; changes: ReadonlyMap<string, Change> }[] = [];
  let overflowed = false;
  let timer: NodeJS.Timeout | null = null;
  let later: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer) clearTimeout(timer);
    if (later) clearTimeout(later);
    timer = null;
    later = null;
    const at = now().getTime();
    const changes = new Map(gathered);
    gathered.clear();
    kept.push({ at, changes });
    while (kept[0] && kept[0].at < at - KEPT_MS) kept.shift();
    for (const standing of readers.values()) {
      if (standing.isBehind || overflowed || isFlood(standing.reader, changes)) askAgain(standing, at);
      else tellOf(standing, changes, at);
    }
    overflowed = false;
    // What is held back until its time comes with a later flush, also when nothing happens meanwhile.
    if ([...readers.values()].some(isHeldBack)) later = setTimeout(flush, OTHERS_EVERY_MS);
  };

  return {
    add: (changes) => {
      for (const change of changes) {
        if (gathered.size < MOST_GATHERED) gathered.set(change.clientId, change);
        else overflowed = true;
      }
      timer ??= setTimeout(flush, GATHER_MS);
    },
    join: (reader) => readers.set(reader, { reader, others: 0, othersAt: 0, refetchAt: 0, isBehind: false }),
    leave: (reader) => readers.delete(reader),
    watch: (reader, clientIds) => {
      const known = reader.watched;
      reader.watched = new Set(clientIds);
      const fresh = new Set(clientIds.filter((clientId) => !known?.has(clientId)));
      const missed = new Map(kept.flatMap(({ changes }) => shownIn(changes, fresh)).map((one) => [one.clientId, one]));
      if (missed.size > 0) reader.tell({ type: "presence.changed", clients: [...missed.values()] });
    },
    stop: () => {
      if (timer) clearTimeout(timer);
      if (later) clearTimeout(later);
    },
  };
}

const isFlood = (reader: PresenceReader, changes: ReadonlyMap<string, Change>): boolean =>
  reader.watched === null && changes.size > MOST_UNWATCHED;

const isHeldBack = (standing: Standing): boolean => standing.others > 0 || standing.isBehind;

function askAgain(standing: Standing, at: number): void {
  standing.isBehind = at - standing.refetchAt < REFETCH_EVERY_MS;
  if (standing.isBehind) return;
  standing.refetchAt = at;
  standing.reader.refetch();
}

function tellOf(standing: Standing, changes: ReadonlyMap<string, Change>, at: number): void {
  const { reader } = standing;
  const clients = reader.watched ? shownIn(changes, reader.watched) : [...changes.values()];
  standing.others += changes.size - clients.length;
  const isDue = standing.others > 0 && at - standing.othersAt >= OTHERS_EVERY_MS;
  if (clients.length === 0 && !isDue) return;
  const others = standing.others;
  standing.others = 0;
  standing.othersAt = at;
  reader.tell({ type: "presence.changed", clients, ...(others > 0 ? { others } : {}) });
}

/** Goes through the fewer of the two. */
function shownIn(changes: ReadonlyMap<string, Change>, watched: ReadonlySet<string>): Change[] {
  if (changes.size < watched.size) return [...changes.values()].filter((change) => watched.has(change.clientId));
  return [...watched].flatMap((clientId) => changes.get(clientId) ?? []);
}
