import { anchorHead, listAnchors } from "@/lib/audit/anchors";
import { keepAuditPartitions } from "@/lib/audit/keep-audit-partitions";
import { MOST_SEALED, sealRows } from "@/lib/audit/seal-rows";
import { recordVerification, verifySeals } from "@/lib/audit/verify-seals";
import type { Task } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import type { ObjectStore } from "@/lib/storage/object-store";
import { repeat } from "./cluster-repeat";

// What a row waits for its seal; until then only a row removed leaves a trace.
const SEAL_EVERY_MS = 1_000;

/** Seals the audit record once a second; several workers take turns (lib/audit/seal-rows.ts). */
export function startSealer({ context }: { context: () => Context }): { close: () => Promise<void> } {
  const { log } = context();
  const stop = new AbortController();
  const { signal } = stop;
  const sealing = repeat({
    everyMs: SEAL_EVERY_MS,
    signal,
    work: async () => {
      while (!signal.aborted && (await sealRows(context())) === MOST_SEALED);
    },
    onError: (error) => log.error({ err: error }, "audit rows could not be sealed; tried again"),
  });
  return {
    close: async () => {
      stop.abort();
      await sealing;
    },
  };
}

/** The audit's jobs, by task name: anchor the head outside the database, verify the whole record, let go what is past its time. */
export const auditTasks = ({
  context,
  store,
}: {
  context: () => Context;
  store: ObjectStore;
}): Record<string, Task> => ({
  "audit:anchor": async () => {
    const anchor = await anchorHead(context(), store);
    // The log is one more place outside the database.
    if (anchor) context().log.info({ ...anchor }, "the audit's head is anchored");
  },
  "audit:verify": async () => {
    const ctx = context();
    const found = await verifySeals(ctx, await listAnchors(store));
    await recordVerification(ctx, found);
    const { breaks, ...looked } = found;
    if (breaks.length > 0) ctx.log.error({ ...looked, breaks }, "the audit record is not what was sealed");
    else ctx.log.info(looked, "the audit record is what was sealed");
  },
  "audit:keep": async () => {
    const ctx = context();
    const kept = await keepAuditPartitions(ctx);
    if (kept.made.length + kept.dropped.length > 0) ctx.log.info({ ...kept }, "the audit record's partitions are kept");
  },
});

/** Anchors every so many minutes; verifies at a quiet hour in Indonesia, before what is old goes: 02:47 in Jakarta. */
export const auditSchedule = ({ anchorEveryMinutes }: { anchorEveryMinutes: number }): string[] => [
  `*/${anchorEveryMinutes} * * * * audit:anchor`,
  "47 19 * * * audit:verify",
  // Partitions are made a quarter ahead.
  "7 20 * * * audit:keep",
];
