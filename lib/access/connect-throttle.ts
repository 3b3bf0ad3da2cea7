/**
 * Holds back clients that come and go all the time or try tokens, so that they cost neither signatures nor the broker's time.
 *
 * Counted in windows of a minute, forgotten as a whole at the end of each: connects of one client identifier, and tokens refused of one
 * identifier from one address. Never of an address alone: a carrier's, or a load balancer's that hides its phones', is everybody's, and a few
 * phones with bad tokens would keep out all others; a network is blocked by a person who knows it. Trades exactness for speed: at a
 * window's edge twice the number passes, and beyond `MOST_COUNTED` nobody new is counted until the window ends.
 */
export interface ConnectThrottle {
  /** Counts the connect; true when it is one too many. */
  isTooOften: (connect: { clientId: string; address: string; nowMs: number }) => boolean;
  /** Its token was refused. */
  countRefused: (connect: { clientId: string; address: string }) => void;
}

export interface ThrottleLimits {
  /** Connects of one client a minute: a phone on a bad train line makes some ten. */
  connectsPerClient: number;
  /** Refused tokens of one client from one address a minute. */
  refusedPerClient: number;
}

const WINDOW_MS = 60_000;
// About 100 bytes each.
const MOST_COUNTED = 500_000;

export function createConnectThrottle({ connectsPerClient, refusedPerClient }: ThrottleLimits): ConnectThrottle {
  const connects = new Map<string, number>();
  const refused = new Map<string, number>();
  let windowEndsMs = 0;

  return {
    isTooOften: ({ clientId, address, nowMs }) => {
      if (nowMs >= windowEndsMs) {
        windowEndsMs = nowMs + WINDOW_MS;
        connects.clear();
        refused.clear();
      }
      if (count(connects, clientId) > connectsPerClient) return true;
      // Nearly always empty.
      return refused.size > 0 && (refused.get(`${address} ${clientId}`) ?? 0) >= refusedPerClient;
    },
    countRefused: ({ clientId, address }) => void count(refused, `${address} ${clientId}`),
  };
}

function count(counts: Map<string, number>, key: string): number {
  const known = counts.get(key);
  if (known === undefined && counts.size >= MOST_COUNTED) return 0;
  const now = (known ?? 0) + 1;
  counts.set(key, now);
  return now;
}
