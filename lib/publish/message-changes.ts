import type { LiveEvent } from "@/lib/events/schemas";
import type { Settled } from "./outbox-rows";

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
