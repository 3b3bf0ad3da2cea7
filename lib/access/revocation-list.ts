import type { Pool } from "pg";
import type { Log } from "@/lib/log/log";
import { coalescedRead } from "./coalesced-read";
import type { TokenIdentity } from "./token-identity";

/**
 * Which tokens are not believed any more, in memory, so that a connect never waits for the store.
 * States: empty (before the first read) → as read → … ; a read that fails leaves what was read before.
 * Moved by: `refresh`, to be called when tokens were revoked, and after notifications may have been missed; it reads what came since the read before.
 * Trades: while the store was never reached no token is revoked, as no device is refused because our store is away.
 */
export interface RevocationList {
  isRevoked: (identity: TokenIdentity, nowMs: number) => boolean;
  /** Never rejects. */
  refresh: () => Promise<void>;
}

// About 150 bytes each. Issuers with more than so many revoked tokens that have not expired make shorter ones: the oldest go.
const MOST_REMEMBERED = 500_000;
// A transaction that began earlier may commit later.
const OVERLAP = "interval '2 minutes'";

interface Revoked {
  atMs: number;
  untilMs: number;
}
const KINDS = ["token_hash", "token_id", "person"] as const;
type Kind = (typeof KINDS)[number];

export function createRevocationList(pool: Pool, log: Log): RevocationList {
  const revoked: Record<Kind, Map<string, Revoked>> = { token_hash: new Map(), token_id: new Map(), person: new Map() };
  let readUpTo: Date | null = null;

  const keep = (kind: Kind, subject: string, one: Revoked): void => {
    const list = revoked[kind];
    list.delete(subject);
    list.set(subject, one);
    if (list.size > MOST_REMEMBERED) for (const oldest of list.keys()) return void list.delete(oldest);
  };

  const read = async (): Promise<void> => {
    try {
      const { rows } = await pool.query<{ kind: Kind; subject: string; revoked_at: Date; until: Date }>(
        `select kind, subject, revoked_at, until from token_revocations
         where until > now() and revoked_at > coalesce($1::timestamptz - ${OVERLAP}, '-infinity')
         order by revoked_at desc limit $2`,
        [readUpTo, MOST_REMEMBERED],
      );
      for (const { kind, subject, revoked_at: at, until } of rows.toReversed())
        keep(kind, subject, { atMs: at.getTime(), untilMs: until.getTime() });
      readUpTo = rows[0]?.revoked_at ?? readUpTo;
    } catch (error) {
      log.warn({ err: error }, "revoked tokens could not be read; those known stay revoked");
    }
  };

  const holds = (kind: Kind, subject: string | null, nowMs: number): Revoked | null => {
    const list = revoked[kind];
    if (list.size === 0 || subject === null) return null;
    const one = list.get(subject);
    return one && one.untilMs > nowMs ? one : null;
  };

  return {
    refresh: coalescedRead(read),
    isRevoked: (identity, nowMs) => {
      if (holds("token_hash", identity.tokenHash, nowMs) || holds("token_id", identity.tokenId, nowMs)) return true;
      const person = holds("person", identity.personId, nowMs);
      // Whole seconds: a token of the same second is refused, as it may be older. One that does not say when it was issued may be, too.
      return person !== null && (identity.issuedAt === null || identity.issuedAt * 1_000 <= person.atMs);
    },
  };
}
