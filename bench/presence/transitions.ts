import { emptyFold, foldEvent, type FoldedClient, type PresenceEvent } from "@/lib/presence/fold-events";
import { RANK } from "@/lib/presence/version";
import { BENCH_COHORTS, BENCH_NODE_NAMES, benchClientId } from "./hot-tables";

/** A made-up fleet: of every client whether it is connected and where, and what it does next. */
export interface Fleet {
  /** One client's next hook: a connect when it is away, else the end of its session. */
  next: () => PresenceEvent;
  /** Such hooks of so many different clients, folded as the gateway's buffer does. */
  batch: (size: number) => FoldedClient[];
}

const PEER = { address: "203.0.113.9", port: 40_000 };

/** Clients are taken evenly from the whole fleet (a multiplicative walk), so that no page is warmer than another. */
export function createFleet(clients: number, seed = 1): Fleet {
  const isOpen = new Uint8Array(clients);
  let turn = seed * 7_919;
  let lastUs = 0;
  const next = (): PresenceEvent => {
    turn += 1;
    const client = Math.floor(((turn * 0.618_033_988_749_895) % 1) * clients);
    lastUs = Math.max(lastUs + 1, Date.now() * 1_000);
    const at = { clientId: benchClientId(client), node: BENCH_NODE_NAMES[client % 4] ?? "n1", atUs: lastUs };
    isOpen[client] = 1 - (isOpen[client] ?? 0);
    return isOpen[client] === 1
      ? { kind: "opened", ...at, peer: PEER, endsAtUs: lastUs + 3_600_000_000, cohort: client % BENCH_COHORTS }
      : { kind: "ended", ...at, rank: RANK.queued };
  };
  return {
    next,
    batch: (size) => {
      const folds = new Map<string, FoldedClient>();
      while (folds.size < size) {
        const event = next();
        folds.set(event.clientId, foldEvent(folds.get(event.clientId) ?? emptyFold(event.clientId), event));
      }
      return [...folds.values()];
    },
  };
}
