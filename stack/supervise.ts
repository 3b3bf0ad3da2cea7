import { setTimeout } from "node:timers/promises";

/** Something that is started, is then up, and may end by itself. */
export interface Service {
  name: string;
  /** Where people or other processes find it. */
  url: string;
  /** Returns when it is up; throws saying why it is not. An aborted start leaves nothing running. */
  start: (signal: AbortSignal) => Promise<Running>;
}

export interface Running {
  /** Settles with how it ended, whoever ended it. */
  exited: Promise<string>;
  /** Asks it to end and waits; ends it hard after a limit. Safe to call twice. */
  stop: () => Promise<void>;
  /** Ends it at once. */
  kill: () => void;
}

export interface Supervised {
  name: string;
  /** True when the first start came up, false when it failed and is being tried again. Never rejects. */
  firstStart: Promise<boolean>;
  /** Ends it as though it had died, so that it starts again. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
  kill: () => void;
}

export type SupervisionEvent =
  | { type: "up"; name: string; url: string; tookMs: number; again: boolean }
  | { type: "failed"; name: string; reason: string; retryMs: number }
  | { type: "died"; name: string; reason: string; retryMs: number };

export interface SuperviseOptions {
  tell: (event: SupervisionEvent) => void;
  /** A first start that somebody else made. */
  started?: Running;
  /** For tests. */
  clock?: Clock;
}

interface Clock {
  now: () => number;
  /** Settles after the time, or at once when aborted. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const CLOCK: Clock = {
  now: Date.now,
  wait: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
};

const WAIT_MS = { first: 1_000, most: 30_000 };
// One that stayed up this long is taken to be well, and starts the waits anew.
const WELL_AFTER_MS = 60_000;

/**
 * Keeps a service running.
 * States: starting → up → (ended by itself: died) → waiting → starting; starting → (failed) → waiting; stopped is final.
 * Waits double from 1 s to 30 s. It trades quickness after a long failure for quiet during one.
 */
export function supervise(service: Service, { tell, started, clock = CLOCK }: SuperviseOptions): Supervised {
  const stopped = new AbortController();
  let running: Running | null = started ?? null;
  let waitMs = WAIT_MS.first;
  let everUp = false;
  let asked = false;
  let firstStarted: (up: boolean) => void = () => undefined;
  const firstStart = new Promise<boolean>((resolve) => (firstStarted = resolve));
  const done = keepRunning();

  return {
    name: service.name,
    firstStart,
    restart: async () => {
      asked = true;
      await running?.stop();
    },
    stop: async () => {
      stopped.abort();
      await running?.stop();
      await done;
    },
    kill: () => {
      stopped.abort();
      running?.kill();
    },
  };

  async function keepRunning(): Promise<void> {
    while (!stopped.signal.aborted) {
      const reason = await runOnce();
      firstStarted(false);
      if (stopped.signal.aborted) break;
      const retryMs = asked ? 0 : waitMs;
      if (!asked) tell({ type: reason.wasUp ? "died" : "failed", name: service.name, reason: reason.text, retryMs });
      asked = false;
      await clock.wait(retryMs, stopped.signal);
      waitMs = Math.min(waitMs * 2, WAIT_MS.most);
    }
    firstStarted(false);
  }

  async function runOnce(): Promise<{ wasUp: boolean; text: string }> {
    const startAt = clock.now();
    try {
      running ??= await service.start(stopped.signal);
    } catch (error) {
      return { wasUp: false, text: error instanceof Error ? error.message : String(error) };
    }
    if (running !== started)
      tell({ type: "up", name: service.name, url: service.url, tookMs: clock.now() - startAt, again: everUp });
    everUp = true;
    firstStarted(true);
    const upAt = clock.now();
    const text = await running.exited;
    running = null;
    if (clock.now() - upAt > WELL_AFTER_MS) waitMs = WAIT_MS.first;
    return { wasUp: true, text };
  }
}
