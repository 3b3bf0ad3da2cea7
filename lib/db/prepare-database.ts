import pg from "pg";
import type { Log } from "@/lib/log/log";
import { migrateQueue } from "@/lib/queue/run-queue";
import { handOver } from "./hand-over";
import { migrate } from "./migrate";

/**
 * Machine write at each start: brings a database to what this version needs, as its owner, and hands it to the role that the processes connect as. Without an
 * `ownerUrl` both are one. `keepAuditYears`: how long the audit is kept, which the processes cannot change. Safe to call twice.
 */
export async function prepareDatabase(options: {
  url: string;
  ownerUrl?: string;
  keepAuditYears: number;
  log: Log;
}): Promise<void> {
  const { url, ownerUrl = url, keepAuditYears, log } = options;
  await migrate({ url: ownerUrl });
  const owner = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await owner.connect();
  await owner
    .query("update audit_retention set keep_months = $1 where keep_months <> $1", [keepAuditYears * 12])
    .finally(() => owner.end());
  await handOver({ ownerUrl, url });
  // The console may add a job before the worker first runs.
  await migrateQueue({ url, log });
}
