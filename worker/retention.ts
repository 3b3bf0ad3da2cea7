import { forgetOldLogs } from "@/lib/diagnostics/forget-old-logs";
import type { Task } from "@/lib/queue/run-queue";
import type { DiagnosticsParts } from "./diagnostics";

// A few thousand rows at a time keep the locks short.
const BATCH = 5_000;

/** Tables that only grow, without partitions, and what of them is old. Messages still to be sent stay. */
const OLD_ROWS = {
  device_events: "received_at < $1",
  messages: "accepted_at < $1 and state <> 'accepted'",
  connect_refusals: "at < $1",
  presence_corrections: "at < $1",
  presence_sweeps: "started_at < $1",
} as const;

/** Machine write by the clock: the daily job that removes what is past its time. Partitions are the cluster's own keeper's. */
export const retentionTasks = (
  parts: DiagnosticsParts & { keepLogsDays: number; keepMessagesDays: number },
): Record<string, Task> => ({
  "retention:daily": async () => {
    const ctx = parts.context();
    const logs = await forgetOldLogs(ctx, { store: parts.store, days: parts.keepLogsDays });
    const before = new Date(ctx.now().getTime() - parts.keepMessagesDays * 86_400_000);
    for (const [table, isOld] of Object.entries(OLD_ROWS)) {
      const sql = `delete from ${table} where ctid in (select ctid from ${table} where ${isOld} limit ${BATCH})`;
      for (let gone = BATCH; gone === BATCH;) gone = (await ctx.db.pool.query(sql, [before])).rowCount ?? 0;
    }
    ctx.log.info({ logs }, "what was past its time is removed");
  },
});

/** At a quiet hour in Indonesia: 03:17 in Jakarta. */
export const RETENTION_SCHEDULE = ["17 20 * * * retention:daily"];
