import { keepPartitions, type PartitionedTable } from "@/lib/cluster/keep-partitions";
import type { Database } from "@/lib/db/database";
import type { Log } from "@/lib/log/log";
import { repeat } from "./cluster-repeat";

const EVERY_MS = 10 * 60 * 1000;

export interface PartitionKeeper {
  close: () => Promise<void>;
}

/** Makes the daily partitions ahead and drops those past their time, at once and every ten minutes. */
export function startPartitionKeeper(parts: {
  db: Database;
  log: Log;
  keepSeriesHours: number;
  keepSessionsDays: number;
}): PartitionKeeper {
  const stop = new AbortController();
  const tables: PartitionedTable[] = [
    { table: "series_samples", column: "at", keepHours: parts.keepSeriesHours },
    { table: "sessions", column: "ended_at", keepHours: parts.keepSessionsDays * 24 },
  ];
  const running = Promise.all(
    tables.map((table) =>
      repeat({
        everyMs: EVERY_MS,
        signal: stop.signal,
        work: async () => {
          const { made, dropped } = await keepPartitions(parts.db.pool, table, new Date());
          if (made.length + dropped.length > 0) parts.log.info({ made, dropped }, "partitions kept");
        },
        onError: (error) =>
          parts.log.error({ err: error, table: table.table }, "keeping partitions failed; tried again"),
      }),
    ),
  );
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
