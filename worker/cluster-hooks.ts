import type { Pool } from "pg";
import type { Sample } from "@/lib/broker/prometheus-text";
import type { Log } from "@/lib/log/log";
import { askForSweep } from "@/lib/presence/ask-for-sweep";
import { nextLedger, readHooks, type HookLedger } from "@/lib/presence/hook-ledger";
import { recordMissingHooks } from "@/lib/presence/missing-hooks";

/** Takes a node's metrics, each time they were read. */
export type NoteHooks = (samples: readonly Sample[]) => Promise<void>;

/** Keeps the ledger of one subscriber node's hooks (lib/presence/hook-ledger.ts) and acts on what it says. */
export function createNoteHooks(parts: { nodeId: number; name: string; pool: Pool; log: Log }): NoteHooks {
  const { nodeId, name, pool, log } = parts;
  let ledger: HookLedger | null = null;
  return async (samples) => {
    const reading = readHooks(samples);
    if (!reading) return;
    const next = nextLedger(ledger, reading);
    const [before, missing] = [ledger?.missing ?? null, next.ledger.missing];
    if (next.sweep) await askForSweep(pool, { nodeId, reason: next.sweep });
    if (before === null || before.join() !== missing.join()) {
      await recordMissingHooks(pool, { nodeId, hooks: missing });
      if (missing.length > 0) log.warn({ node: name, hooks: missing }, "a node does not send hooks that it should");
      else if (before !== null)
        log.info({ node: name, hooks: before }, "a node sends the hooks again that were missing");
    }
    // Only now: what could not be written is found again by the next reading.
    ledger = next.ledger;
  };
}
