import type { BrokerControl } from "./broker-control";
import type { Phone } from "./phone";
import { pause } from "./pause";
import { describeStep, phonesOfStep, type Scenario, type Step } from "./scenario";

/** What steps ask of a broker's control port. */
type ScenarioControl = Pick<BrokerControl, "actOnNode" | "splitNet" | "healNet" | "setHookFaults">;

const MINUTE_MS = 60_000;

/**
 * Plays the steps of a scenario in order of time, `speed` times as fast as written, and waits for its end or the signal. The broker
 * answers a step before the next one is done. Throws when the broker refuses one.
 */
export async function playScenario(options: {
  scenario: Scenario;
  phones: readonly Phone[];
  control: ScenarioControl;
  speed: number;
  /** Hears each step when it is done. */
  onStep: (step: string) => void;
  signal: AbortSignal;
  now: () => number;
}): Promise<void> {
  const { scenario, phones, speed, signal, now } = options;
  const startedAtMs = now();
  const untilMinute = (minute: number): Promise<void> =>
    pause(Math.max(0, startedAtMs + (minute * MINUTE_MS) / speed - now()), signal);

  for (const step of scenario.steps.toSorted((one, other) => one.atMinute - other.atMinute)) {
    await untilMinute(step.atMinute);
    if (signal.aborted) return;
    options.onStep(describeStep(step));
    if (step.do === "phones") actOnPhones(step, phones, { speed, signal });
    else await actOnBroker(step, options.control);
  }
  await untilMinute(scenario.minutes);
}

function actOnPhones(
  step: Extract<Step, { do: "phones" }>,
  phones: readonly Phone[],
  { speed, signal }: { speed: number; signal: AbortSignal },
): void {
  const numbers = phonesOfStep(step, phones.length);
  const overMs = ((step.overMinutes ?? 0) * MINUTE_MS) / speed;
  for (const [position, number] of numbers.entries()) {
    const phone = phones[number];
    if (overMs === 0) phone?.act(step.act);
    else setTimeout(() => signal.aborted || phone?.act(step.act), (position / numbers.length) * overMs);
  }
}

function actOnBroker(step: Exclude<Step, { do: "phones" }>, control: ScenarioControl): Promise<void> {
  switch (step.do) {
    case "node":
      return control.actOnNode(step.node, step.action);
    case "split-net":
      return control.splitNet(step.groups);
    case "heal-net":
      return control.healNet();
    case "hook-faults":
      return control.setHookFaults(step.faults);
  }
}
