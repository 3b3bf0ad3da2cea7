import { forgetOldLogs, forgetOriginals } from "@/lib/diagnostics/forget-old-logs";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import type { DiagnosticsParts } from "./diagnostics";

// A few thousand rows at a time keep the locks short.
const BATCH = 5_000;

type OldRows = Readonly<Record<string, string>>;

/** Tables that only grow, without partitions, and what of them is old. Messages and sends that are under way stay. */
const OLD_MESSAGES: OldRows = {
  device_events: "received_at < $1",
  messages: "accepted_at < $1 and state <> 'accepted'",
  sends: "made_at < $1 and state not in ('needs_approval', 'running', 'paused')",
  presence_sweeps: "started_at < $1",
  alert_facts: "at < $1",
};
/** A client's history beside its sessions, and what befell the cluster, are kept as long as they are. */
const OLD_HISTORY: OldRows = {
  connect_refusals: "at < $1",
  topic_refusals: "last_at < $1",
  token_revocations: "until < least($1, now())",
  client_releases: "released_at < $1",
  presence_corrections: "at < $1",
  client_device_changes: "at < $1",
  client_notes: "at < $1",
  node_changes: "at < $1",
  ending_waves: "minute < $1",
  // With their unmaskings, but for an emergency that nobody has reviewed yet. What was seen stays in the audit.
  operator_sessions: `renewed_at < $1 and not exists (select from unmaskings u
    where u.session_id = operator_sessions.id and u.kind = 'break_glass' and u.reviewed_at is null)`,
  // With their changes and notices, by the foreign keys.
  alerts: "status = 'resolved' and resolved_at < $1",
};

/** Machine write by the clock: the daily job that removes what is past its time. Partitions are the cluster's own keeper's. */
export const retentionTasks = (
  parts: Pick<DiagnosticsParts, "context" | "store"> & {
    keepLogsDays: number;
    keepMessagesDays: number;
    keepSessionsDays: number;
  },
): Record<string, Task> => ({
  "retention:daily": async () => {
    const ctx = parts.context();
    const logs = await forgetOldLogs(ctx, { store: parts.store, days: parts.keepLogsDays });
    const originals = await forgetOriginals(ctx, parts.store);
    await removeOld(ctx, OLD_MESSAGES, parts.keepMessagesDays);
    await removeOld(ctx, OLD_HISTORY, parts.keepSessionsDays);
    ctx.log.info({ logs, originals }, "what was past its time is removed");
  },
});

async function removeOld(ctx: Context, tables: OldRows, days: number): Promise<void> {
  const before = new Date(ctx.now().getTime() - days * 86_400_000);
  for (const [table, isOld] of Object.entries(tables)) {
    const sql = `delete from ${table} where ctid in (select ctid from ${table} where ${isOld} limit ${BATCH})`;
    for (let gone = BATCH; gone === BATCH;) gone = (await ctx.db.pool.query(sql, [before])).rowCount ?? 0;
  }
}

/** At a quiet hour in Indonesia: 03:17 in Jakarta. */
export const RETENTION_SCHEDULE = ["17 20 * * * retention:daily"];
