/**
 * Holds back clients that come and go all the time and addresses that try tokens, so that they cost neither signatures nor the broker's time.
 *
 * Counted in windows of a minute, forgotten as a whole at the end of each. What is counted: connects of one client identifier, and tokens refused
 * of one identifier from one address, and of one address at all. Many phones share the address of their carrier, so an address is held back only
 * far above what they do wrong together, and for the rest of the minute. Trades exactness for speed: at a window's edge twice the number passes,
 * and beyond `MOST_COUNTED` nobody new is counted until the window ends.
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
  /** Refused tokens of one address a minute; of one client from it, a thirtieth. */
  refusedPerAddress: number;
}

const WINDOW_MS = 60_000;
// About 100 bytes each.
const MOST_COUNTED = 500_000;
const CLIENTS_SHARE = 30;

export function createConnectThrottle({ connectsPerClient, refusedPerAddress }: ThrottleLimits): ConnectThrottle {
  const connects = new Map<string, number>();
  const refusedOfAddress = new Map<string, number>();
  const refusedOfClient = new Map<string, number>();
  const refusedPerClient = Math.max(1, Math.floor(refusedPerAddress / CLIENTS_SHARE));
  let windowEndsMs = 0;

  return {
    isTooOften: ({ clientId, address, nowMs }) => {
      if (nowMs >= windowEndsMs) {
        windowEndsMs = nowMs + WINDOW_MS;
        for (const counts of [connects, refusedOfAddress, refusedOfClient]) counts.clear();
      }
      if (count(connects, clientId) > connectsPerClient) return true;
      // Nearly always empty for nearly everybody.
      if (refusedOfAddress.size === 0) return false;
      return (
        (refusedOfAddress.get(address) ?? 0) >= refusedPerAddress ||
        (refusedOfClient.get(`${address} ${clientId}`) ?? 0) >= refusedPerClient
      );
    },
    countRefused: ({ clientId, address }) => {
      count(refusedOfAddress, address);
      count(refusedOfClient, `${address} ${clientId}`);
    },
  };
}

function count(counts: Map<string, number>, key: string): number {
  const known = counts.get(key);
  if (known === undefined && counts.size >= MOST_COUNTED) return 0;
  const now = (known ?? 0) + 1;
  counts.set(key, now);
  return now;
}
