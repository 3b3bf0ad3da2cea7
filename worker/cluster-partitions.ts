import { keepPartitions, type PartitionedTable } from "@/lib/cluster/keep-partitions";
import { recordLevels } from "@/lib/cluster/series-levels";
import type { Database } from "@/lib/db/database";
import type { Log } from "@/lib/log/log";
import { repeat } from "./cluster-repeat";

const EVERY_MS = 10 * 60 * 1000;

export interface PartitionKeeper {
  close: () => Promise<void>;
}

/** How long each level of the series is kept. */
export interface SeriesRetention {
  keepSeriesHours: number;
  keepMinutesDays: number;
  keepHoursDays: number;
}

/** Makes the partitions ahead and drops those past their time, at once and every ten minutes. */
export function startPartitionKeeper(
  parts: { db: Database; log: Log; keepSessionsDays: number } & SeriesRetention,
): PartitionKeeper {
  const stop = new AbortController();
  const tables: PartitionedTable[] = [
    { table: "series_samples", column: "at", keepHours: parts.keepSeriesHours },
    { table: "series_minutes", column: "at", keepHours: parts.keepMinutesDays * 24 },
    { table: "series_hours", column: "at", span: "month", keepHours: parts.keepHoursDays * 24 },
    { table: "hook_samples", column: "at", keepHours: parts.keepSeriesHours },
    { table: "sessions", column: "ended_at", keepHours: parts.keepSessionsDays * 24 },
  ];
  const levels = [
    { stepSeconds: 5, keepSeconds: parts.keepSeriesHours * 3600 },
    { stepSeconds: 60, keepSeconds: parts.keepMinutesDays * 86_400 },
    { stepSeconds: 3600, keepSeconds: parts.keepHoursDays * 86_400 },
  ];
  const running = Promise.all([
    repeat({
      everyMs: EVERY_MS,
      signal: stop.signal,
      work: () => recordLevels(parts.db.pool, levels),
      onError: (error) => parts.log.error({ err: error }, "saying how long series are kept failed; tried again"),
    }),
    ...tables.map((table) =>
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
  ]);
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
