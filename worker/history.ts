import type { Log } from "@/lib/log/log";
import type { Database } from "@/lib/db/database";
import { countEndings } from "@/lib/presence/ending-waves";
import { repeat } from "./cluster-repeat";

// Three times a minute: a wave stands on a client's page within seconds of the minute it was in.
const COUNT_EVERY_MS = 20_000;

/** Counts how many sessions end a minute on each node, so that a page can tell one phone's ending from everybody's. */
export function startHistoryKeeper({ db, log }: { db: Database; log: Log }): { close: () => Promise<void> } {
  const stop = new AbortController();
  const counting = repeat({
    everyMs: COUNT_EVERY_MS,
    signal: stop.signal,
    work: async () => {
      const waves = await countEndings(db.pool, new Date());
      if (waves > 0) log.info({ waves }, "many sessions ended within a minute");
    },
    onError: (error) => log.error({ err: error }, "endings could not be counted; tried again"),
  });
  return {
    close: async () => {
      stop.abort();
      await counting;
    },
  };
}
