import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { LiveEvent } from "@/lib/events/schemas";
import { selectMessage } from "./internal";
import { messageIdSchema } from "./schemas";

/** Where waits hear of changes: fed by the process's listener on the channel `publish`. */
export interface MessageChanges {
  /** Give every event here; only `publish.changed` matters. */
  onEvent: (event: LiveEvent) => void;
  /** Events were lost: everyone who waits looks again. */
  onReconnect: () => void;
  /** Calls `wake` at each change of the message until the returned function is called. */
  watch: (messageId: string, wake: () => void) => () => void;
}

/** One a process. Holds one entry for each wait under way. */
export function createMessageChanges(): MessageChanges {
  const watchers = new Map<string, Set<() => void>>();
  return {
    onEvent: (event) => {
      if (event.type === "publish.changed") for (const wake of watchers.get(event.messageId) ?? []) wake();
    },
    onReconnect: () => {
      for (const wakes of watchers.values()) for (const wake of wakes) wake();
    },
    watch: (messageId, wake) => {
      const wakes = watchers.get(messageId) ?? new Set();
      watchers.set(messageId, wakes.add(wake));
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0) watchers.delete(messageId);
      };
    },
  };
}

/**
 * The verb that waits for what becomes of a message: gives it once it is no longer only accepted, or as it is after
 * `timeoutMs`: waiting too long is no error, the state says so. Who may send may wait; a service only for its own messages.
 */
export const waitForMessageBy = (changes: MessageChanges) =>
  readVerb({
    permission: "publish.send",
    input: z.strictObject({ messageId: messageIdSchema, timeoutMs: z.int().min(0).max(60_000) }),
    work: async (ctx, { messageId, timeoutMs }) => {
      const signal = AbortSignal.timeout(timeoutMs);
      let changed = deferred();
      // watched before the first look, so that a change between the two is not missed
      const unwatch = changes.watch(messageId, () => changed.resolve());
      signal.addEventListener("abort", () => changed.resolve());
      try {
        for (;;) {
          const message = await selectMessage(ctx, messageId);
          if (message.state !== "accepted" || signal.aborted) return message;
          await changed.promise;
          changed = deferred();
        }
      } finally {
        unwatch();
      }
    },
  });

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
