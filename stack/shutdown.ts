import { duration, say } from "./bootstrap/terminal.mjs";
import type { Supervised } from "./supervise";

export interface Shutdown {
  /** Settles at the first signal. */
  wanted: Promise<void>;
  asked: () => boolean;
  /** What to stop, in the order it was started; those of one group stop together. */
  add: (group: readonly Supervised[]) => void;
  /** Stops every group, the last first. */
  run: () => Promise<void>;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens to signals: the first asks for an orderly end, a second ends everything at once. */
export function createShutdown(): Shutdown {
  const groups: (readonly Supervised[])[] = [];
  let asked = false;
  let settle: () => void = () => undefined;
  const wanted = new Promise<void>((resolve) => (settle = resolve));
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // whoever started us as a part of something larger (the end-to-end tests) is gone
  if (process.connected) process.on("disconnect", onSignal);

  return {
    wanted,
    asked: () => asked,
    add: (group) => groups.push(group),
    run: async () => {
      const start = Date.now();
      for (const group of groups.toReversed()) await Promise.all(group.map((one) => one.stop()));
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off("disconnect", onSignal);
      if (groups.length > 0) say(`  Stopped after ${duration(Date.now() - start)}\n`);
    },
  };

  function onSignal(): void {
    if (asked) {
      for (const one of groups.flat()) one.kill();
      process.exit(130);
    }
    asked = true;
    say("\n  Stopping (again: at once)");
    settle();
  }
}
