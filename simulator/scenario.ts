import type { Act } from "./act";
import type { NodeAction } from "./broker-control";
import type { ProfileName } from "./profiles";

/** One thing that is done, at a minute of the scenario's hour. */
export type Step = { atMinute: number } & (
  | {
      /** To the phones of a share of the fleet, all of them unless said; by number, so the same share is the same phones. */
      do: "phones";
      act: Act;
      /** From (inclusive) to (exclusive), of 1. */
      share?: readonly [from: number, to: number];
      /** Of two phones with one client identifier the second; of the phones in `share`, if that is said too. */
      which?: "second-of-pair";
      /** Spread over so many minutes, one phone after the other; at once unless said. */
      overMinutes?: number;
    }
  | { do: "node"; node: string; action: NodeAction }
  | { do: "split-net"; groups: readonly (readonly string[])[] }
  | { do: "heal-net" }
  /** As the control port's PUT /hooks/faults takes them; `{}` ends them. */
  | { do: "hook-faults"; faults: Readonly<Record<string, unknown>> }
);

/** A scripted hour. */
export interface Scenario {
  about: string;
  /** What phones do by themselves beside the steps; nothing unless said, not even connect. */
  profile?: ProfileName;
  /** Two phones for each client identifier: neighbours by number. Only without a profile. */
  phonesPerClientId?: 2;
  minutes: number;
  steps: readonly Step[];
}

/** The numbers of the phones a step is for, from 0. */
export function phonesOfStep(
  step: { share?: readonly [number, number]; which?: "second-of-pair" },
  phones: number,
): number[] {
  const [from, to] = step.share ?? [0, 1];
  const first = Math.round(from * phones);
  const numbers = Array.from({ length: Math.round(to * phones) - first }, (_, offset) => first + offset);
  return step.which === "second-of-pair" ? numbers.filter((number) => number % 2 === 1) : numbers;
}

/** A step in a few words, as the truth file and the terminal show it. */
export function describeStep(step: Step): string {
  switch (step.do) {
    case "phones": {
      const node = "node" in step.act && step.act.node !== undefined ? ` → ${step.act.node}` : "";
      const [from, to] = step.share ?? [0, 1];
      const share = step.share ? `phones ${from * 100}–${to * 100} %` : "all phones";
      const which = step.which ? `${share}, ${step.which}` : share;
      return `${which}: ${step.act.kind}${node}${step.overMinutes ? ` over ${step.overMinutes} min` : ""}`;
    }
    case "node":
      return `${step.action} ${step.node}`;
    case "split-net":
      return `split the net: ${step.groups.map((group) => group.join("+")).join(" | ")}`;
    case "heal-net":
      return "heal the net";
    case "hook-faults":
      return `hook faults: ${JSON.stringify(step.faults)}`;
  }
}
