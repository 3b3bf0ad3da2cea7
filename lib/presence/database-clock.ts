import type { Pool } from "pg";

/** Microseconds since the epoch by the database's clock, strictly increasing: instants of two gateways can be compared. */
export interface DatabaseClock {
  nowUs: () => number;
  /** Measures this machine's offset to the database; keeps the former one when the database does not answer. */
  calibrate: () => Promise<void>;
  /** Offset in ms at the last calibration, null before the first. */
  offsetMs: () => number | null;
}

const NOW_US = "select floor(extract(epoch from clock_timestamp()) * 1000000)::bigint as us";

/** Asks the database for its time, in µs since the epoch: where one round trip costs less than being off by half of it. */
export const databaseNowUs = (pool: Pool) => async (): Promise<number> => {
  const { rows } = await pool.query<{ us: number }>(NOW_US);
  const [row] = rows;
  if (!row) throw new Error("A select without a from gives one row");
  return row.us;
};

// The quickest of these counts: a round trip that waited for others says little.
const ROUNDS = 5;

export function createDatabaseClock(pool: Pool): DatabaseClock {
  let offsetUs: number | null = null;
  let lastUs = 0;
  // Read once: the getter costs more than the rest.
  const { timeOrigin } = performance;
  const localUs = (): number => Math.round((timeOrigin + performance.now()) * 1_000);
  return {
    nowUs: () => {
      lastUs = Math.max(lastUs + 1, localUs() + (offsetUs ?? 0));
      return lastUs;
    },
    calibrate: async () => {
      let best: { offsetUs: number; roundTripUs: number } | null = null;
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = localUs();
        const there = await databaseNowUs(pool)();
        const after = localUs();
        // The answer was made somewhere between: half the round trip is the error.
        const measured = { offsetUs: there - Math.round((before + after) / 2), roundTripUs: after - before };
        if (!best || measured.roundTripUs < best.roundTripUs) best = measured;
      }
      if (!best) return;
      // What was stamped by this machine alone must not hold back what is stamped right.
      if (offsetUs === null) lastUs = 0;
      ({ offsetUs } = best);
    },
    offsetMs: () => (offsetUs === null ? null : offsetUs / 1_000),
  };
}
