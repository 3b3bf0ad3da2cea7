import type { LiveEvent } from "@/lib/events/schemas";

/** Where waits hear that a device said something: fed by the process's listener on the channel `publish`. */
export interface DeviceAnswers {
  onEvent: (event: LiveEvent) => void;
  /** Returns when the client said something, and after `timeoutMs` at the latest. */
  next: (clientId: string, timeoutMs: number) => Promise<void>;
}

/** One a process. Holds one entry for each wait under way. */
export function createDeviceAnswers(): DeviceAnswers {
  const waiting = new Map<string, Set<() => void>>();
  return {
    onEvent: (event) => {
      if (event.type === "publish.deviceEvent") for (const wake of waiting.get(event.clientId) ?? []) wake();
    },
    next: (clientId, timeoutMs) =>
      new Promise((resolve) => {
        const wakes = waiting.get(clientId) ?? new Set<() => void>();
        const end = (): void => {
          clearTimeout(timer);
          wakes.delete(end);
          if (wakes.size === 0) waiting.delete(clientId);
          resolve();
        };
        const timer = setTimeout(end, timeoutMs);
        waiting.set(clientId, wakes.add(end));
      }),
  };
}
