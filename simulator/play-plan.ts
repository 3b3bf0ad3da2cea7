import type { Act, PlannedAct } from "./act";

/** Lets a phone live its plan, `speed` times as fast as planned, until the returned function is called. */
export function playPlan(options: {
  plan: Iterator<PlannedAct, void>;
  act: (act: Act) => void;
  speed: number;
  startedAtMs: number;
  now: () => number;
}): () => void {
  const { plan, act, speed, startedAtMs, now } = options;
  let timer: NodeJS.Timeout | undefined;
  const goOn = (): void => {
    const next = plan.next();
    if (next.done) return;
    const dueMs = startedAtMs + next.value.atMs / speed;
    timer = setTimeout(
      () => {
        act(next.value.act);
        goOn();
      },
      Math.max(0, dueMs - now()),
    );
  };
  goOn();
  return () => clearTimeout(timer);
}
