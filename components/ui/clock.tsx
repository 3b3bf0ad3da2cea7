"use client";
import { createContext, use, useMemo, useSyncExternalStore, type ReactNode } from "react";

interface Clock {
  subscribe: (listener: () => void) => () => void;
  now: () => number;
  /** What the server drew with, so that the first paint of the browser is equal. */
  startAt: number;
}

const ClockContext = createContext<Clock | null>(null);

/** One second hand for every age on the page, however many there are; it rests while nothing reads it. */
function createClock(startAt: number): Clock {
  const listeners = new Set<() => void>();
  let current = startAt;
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    current = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    startAt,
    now: () => current,
    subscribe: (listener) => {
      if (listeners.size === 0) {
        current = Date.now();
        timer = setInterval(tick, 1_000);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

/** Gives `useNow` its clock; `startAt` is the server's time of drawing, in ms. */
export function ClockProvider({ startAt, children }: { startAt: number; children: ReactNode }) {
  const clock = useMemo(() => createClock(startAt), [startAt]);
  return <ClockContext value={clock}>{children}</ClockContext>;
}

/** Below it the present stands still: ages are as they were at `at` (ms). */
export function FrozenClock({ at, children }: { at: number; children: ReactNode }) {
  const clock = useMemo(() => ({ startAt: at, now: () => at, subscribe: () => () => {} }), [at]);
  return <ClockContext value={clock}>{children}</ClockContext>;
}

/** The present in ms, renewed every second. */
export function useNow(): number {
  const clock = use(ClockContext);
  if (!clock) throw new Error("useNow needs a ClockProvider above it");
  return useSyncExternalStore(clock.subscribe, clock.now, () => clock.startAt);
}
