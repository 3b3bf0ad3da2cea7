import type { Device } from "./device";
import { between, exponential, pickByShare, type Random } from "./random";

/** What happens to a phone next. */
export type Step =
  | { kind: "tunnel" }
  | { kind: "other-network" }
  | { kind: "app-closed"; awayMs: number }
  | { kind: "network-gone"; awayMs: number };

// Chosen together: of the steps, 40 % lead away, so the share of time online is
// STEP_EVERY / (STEP_EVERY + 0.4 × AWAY) = 8 / (8 + 0.4 × 3.5) ≈ 85 %.
const STEP_EVERY_MS = 8 * 60_000;
const AWAY_MS = 3.5 * 60_000;
/** Share of phones online at any time, once the fleet is up. */
export const ONLINE_SHARE = STEP_EVERY_MS / (STEP_EVERY_MS + 0.4 * AWAY_MS);

/** When a phone that is online meets its next step, and which. */
export function nextStep(random: Random): { afterMs: number; step: Step } {
  const afterMs = exponential(random, STEP_EVERY_MS);
  const awayMs = exponential(random, AWAY_MS);
  const step = pickByShare<Step>(random, [
    [{ kind: "tunnel" }, 35],
    [{ kind: "other-network" }, 25],
    [{ kind: "app-closed", awayMs }, 22],
    [{ kind: "network-gone", awayMs }, 18],
  ]);
  return { afterMs, step };
}

/** Plays a phone's day on its device until the returned function is called; the first connect comes within `rampMs`. */
export function playDay(options: { device: Device; random: Random; rampMs: number }): () => void {
  const { device, random } = options;
  let timer: NodeJS.Timeout;

  const isAwayAtFirst = random() >= ONLINE_SHARE;
  const come = (): void => {
    device.start();
    goOn();
  };
  const goOn = (): void => {
    const { afterMs, step } = nextStep(random);
    timer = setTimeout(() => take(step), afterMs);
  };
  const take = (step: Step): void => {
    switch (step.kind) {
      case "tunnel":
        device.cut();
        return goOn();
      case "other-network":
        device.handOver();
        return goOn();
      case "app-closed":
        device.stop();
        timer = setTimeout(come, step.awayMs);
        return;
      case "network-gone":
        device.vanish();
        timer = setTimeout(come, step.awayMs);
    }
  };
  timer = setTimeout(come, isAwayAtFirst ? exponential(random, AWAY_MS) : between(random, 0, options.rampMs));
  return () => clearTimeout(timer);
}
