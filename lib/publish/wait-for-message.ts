import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { LiveEvent } from "@/lib/events/schemas";
import { selectMessage } from "./internal";
import type { Settled } from "./outbox-rows";
import { messageIdSchema } from "./schemas";

/** Where waits hear of changes: fed by the process's listener on the channel `publish`, and by its own drain. */
export interface MessageChanges {
  /** Give every event here; only what became of messages matters. */
  onEvent: (event: LiveEvent) => void;
  /** What this process itself has recorded. */
  onSettled: (settled: readonly Settled[]) => void;
  /** Events were lost: everyone who waits looks again. */
  onReconnect: () => void;
  /** The next change of the message; null when only that it changed is known, or after `timeoutMs`. */
  next: (messageId: string, timeoutMs: number) => Promise<Settled | null>;
}

type Wake = (settled: Settled | null) => void;

/** One a process. Holds one entry for each wait under way. */
export function createMessageChanges(): MessageChanges {
  const watchers = new Map<string, Set<Wake>>();
  const wake = (messageId: string, settled: Settled | null): void => {
    for (const one of watchers.get(messageId) ?? []) one(settled);
  };
  return {
    onEvent: (event) => {
      if (event.type === "publish.changed") wake(event.messageId, null);
      if (event.type === "publish.settled" && watchers.size > 0)
        for (const [messageId] of event.messages) wake(messageId, null);
    },
    onSettled: (settled) => {
      for (const one of settled) wake(one.messageId, one);
    },
    onReconnect: () => {
      for (const messageId of watchers.keys()) wake(messageId, null);
    },
    next: (messageId, timeoutMs) =>
      new Promise((resolve) => {
        const wakes = watchers.get(messageId) ?? new Set<Wake>();
        const end: Wake = (settled) => {
          clearTimeout(timer);
          wakes.delete(end);
          if (wakes.size === 0) watchers.delete(messageId);
          resolve(settled);
        };
        const timer = setTimeout(end, timeoutMs, null);
        watchers.set(messageId, wakes.add(end));
      }),
  };
}

// Another publisher may settle a message before the wait for it begins, and a notification may be lost: then this is how late it is seen.
const LOOK_EVERY_MS = 500;

/**
 * The verb that waits for what becomes of a message: gives it once it is no longer only accepted, or as it is after
 * `timeoutMs`: waiting too long is no error, the state says so. Who may send may wait; a service only for its own messages.
 */
export const waitForMessageBy = (changes: MessageChanges) =>
  readVerb({
    permission: "publish.send",
    input: z.strictObject({ messageId: messageIdSchema, timeoutMs: z.int().min(0).max(60_000) }),
    work: async (ctx, { messageId, timeoutMs }) => {
      const endsAtMs = ctx.now().getTime() + timeoutMs;
      for (;;) {
        const leftMs = endsAtMs - ctx.now().getTime();
        // watched before each look, so that a change between the two is not missed
        const changed = changes.next(messageId, Math.max(0, Math.min(leftMs, LOOK_EVERY_MS)));
        const message = await selectMessage(ctx, messageId);
        if (message.state !== "accepted" || leftMs <= 0) return message;
        await changed;
      }
    },
  });
