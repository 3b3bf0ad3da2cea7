import { rollUpHours, rollUpMinutes } from "@/lib/cluster/roll-up";
import type { Database } from "@/lib/db/database";
import type { Log } from "@/lib/log/log";
import { repeat } from "./cluster-repeat";

// The minute under way is computed anew at each turn; the last point of a day's chart is this old at most.
const MINUTES_EVERY_MS = 10_000;
// An hour is read by charts of months.
const HOURS_EVERY_MS = 5 * 60_000;

export interface RollUpKeeper {
  close: () => Promise<void>;
}

/** Rolls the series up by the clock, until nothing is due. Several workers share the work (lib/cluster/roll-up.ts). */
export function startRollUps(parts: { db: Database; log: Log }): RollUpKeeper {
  const { db, log } = parts;
  const stop = new AbortController();
  const { signal } = stop;
  const every = (everyMs: number, rollUp: typeof rollUpMinutes, what: string): Promise<void> =>
    repeat({
      everyMs,
      signal,
      work: async () => {
        while (!signal.aborted && (await rollUp(db.pool)) > 0);
      },
      onError: (error) => log.error({ err: error }, `rolling up ${what} failed; it is tried again`),
    });
  const running = Promise.all([
    every(MINUTES_EVERY_MS, rollUpMinutes, "minutes"),
    every(HOURS_EVERY_MS, rollUpHours, "hours"),
  ]);
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
