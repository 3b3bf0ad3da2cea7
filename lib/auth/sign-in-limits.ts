import { createHash } from "node:crypto";
import type pg from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";

/**
 * How often one may try. Kept in PostgreSQL, so that a restart or a second console gives nobody new tries.
 * Each e-mail: four tries an hour at once; from the fifth on each try, once allowed, begins a wait of 15 s that doubles up to
 * 15 min. Each address: 50 tries in 15 min. A success gives everything back.
 * Trades: whoever knows an e-mail can make its owner wait; guessing stays below 20 tries an hour (OWASP ASVS 4, 2.2.1: 100).
 */
export interface SignInLimits {
  /** Counts a try before its password is looked at, so that tries at once cannot outrun the count. Throws LIMIT with the wait. */
  take: (from: SignInOrigin) => Promise<void>;
  /** After a success. */
  giveBack: (from: SignInOrigin) => Promise<void>;
}

export interface SignInOrigin {
  email: string;
  /** Null: not known, then not counted. */
  address: string | null;
}

const FREE_TRIES = 4;
const FIRST_WAIT_SECONDS = 15;
const LONGEST_WAIT_SECONDS = 15 * 60;

/** Wait that the n-th try of an hour begins, in seconds. */
export const waitSecondsAfter = (tries: number): number =>
  Math.min(FIRST_WAIT_SECONDS * 2 ** (tries - FREE_TRIES - 1), LONGEST_WAIT_SECONDS);

/** Limits over the pool's database; build it once a process. */
export function signInLimits(pool: pg.Pool): SignInLimits {
  // storeType is said because a bundle renames the class it would be guessed from.
  const store = { storeClient: pool, storeType: "pool", tableName: "sign_in_limits", tableCreated: true };
  const tries = new RateLimiterPostgres({
    ...store,
    keyPrefix: "tries",
    points: Number.MAX_SAFE_INTEGER,
    duration: 3_600,
  });
  const waits = new RateLimiterPostgres({ ...store, keyPrefix: "wait", points: 1, duration: FIRST_WAIT_SECONDS });
  const addresses = new RateLimiterPostgres({ ...store, keyPrefix: "address", points: 50, duration: 15 * 60 });

  return {
    take: async ({ email, address }) => {
      if (address) await orWait(() => addresses.consume(keyOf(address)));
      const key = keyOf(email);
      const { consumedPoints } = await tries.penalty(key);
      if (consumedPoints <= FREE_TRIES) return;
      try {
        await orWait(() => waits.consume(key, 1, { customDuration: waitSecondsAfter(consumedPoints) }));
      } catch (error) {
        // Refused unread: it must not lengthen the next wait.
        await tries.reward(key);
        throw error;
      }
    },
    giveBack: async ({ email, address }) => {
      const key = keyOf(email);
      await Promise.all([tries.delete(key), waits.delete(key), address ? addresses.reward(keyOf(address)) : null]);
    },
  };
}

async function orWait(consume: () => Promise<RateLimiterRes>): Promise<void> {
  try {
    await consume();
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new AppError("LIMIT", sentence("Too many tries; wait {seconds} s.", { seconds }), {
      retryAfterSeconds: seconds,
    });
  }
}

// What was typed is not kept, only its fingerprint.
const keyOf = (text: string): string => createHash("sha256").update(text.trim().toLowerCase()).digest("hex");
