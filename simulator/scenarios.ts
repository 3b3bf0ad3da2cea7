import type { NodeWish } from "./network";
import type { Scenario, Step } from "./scenario";

/** Scripted hours by name, as `npm run scenario -- <name>` takes them. Times are minutes of the scenario. */

const HALF = [0, 0.5] as const;
const OTHER_HALF = [0.5, 1] as const;

const opened = (node?: NodeWish, share?: readonly [number, number]): Step => ({
  atMinute: 0,
  do: "phones",
  act: { kind: "open", node },
  share,
  overMinutes: 5,
});
const handOversTo = (node: NodeWish): Step[] =>
  [15, 30, 45].map((atMinute) => ({ atMinute, do: "phones", act: { kind: "hand-over", node }, overMinutes: 5 }));
const onBothNodes = [opened("sub-1", HALF), opened("sub-2", OTHER_HALF)];

export const SCENARIOS = {
  "plain-day": {
    about: "an hour of a mobile day; nothing is done to the broker",
    profile: "day",
    minutes: 60,
    steps: [],
  },
  "take-over-same-node": {
    about: "every phone changes its network and comes back to its node, three times",
    minutes: 60,
    steps: [...onBothNodes, ...handOversTo("same")],
  },
  "take-over-other-node": {
    about: "every phone changes its network and comes up on the other node, there and back",
    minutes: 60,
    steps: [...onBothNodes, ...handOversTo("other")],
  },
  "node-kill": {
    about: "a node dies with all its clients and says nothing; it is back half an hour later",
    minutes: 60,
    steps: [
      ...onBothNodes,
      { atMinute: 15, do: "node", node: "sub-1", action: "kill" },
      { atMinute: 45, do: "node", node: "sub-1", action: "start" },
    ],
  },
  "node-graceful-stop": {
    about: "a node is stopped as for maintenance, and started again",
    minutes: 60,
    steps: [
      ...onBothNodes,
      { atMinute: 15, do: "node", node: "sub-1", action: "stop" },
      { atMinute: 30, do: "node", node: "sub-1", action: "start" },
    ],
  },
  "reconnect-storm": {
    about: "all phones drop at one moment and are back within a minute, twice",
    minutes: 60,
    steps: [
      opened(),
      ...[15, 40].flatMap((atMinute): Step[] => [
        { atMinute, do: "phones", act: { kind: "kill" } },
        { atMinute, do: "phones", act: { kind: "open" }, overMinutes: 1 },
      ]),
    ],
  },
  "lost-network": {
    about: "half of the sockets die without FIN; one half of those comes back, the other does not",
    minutes: 60,
    steps: [
      opened(),
      { atMinute: 15, do: "phones", act: { kind: "lose-network" }, share: HALF },
      { atMinute: 30, do: "phones", act: { kind: "find-network" }, share: [0, 0.25] },
    ],
  },
  "shared-client-id": {
    about: "two phones with one client identifier throw one another out, until one gives up",
    phonesPerClientId: 2,
    minutes: 60,
    steps: [
      opened(),
      // The second phone of each pair: numbers 1, 3, 5 …
      { atMinute: 40, do: "phones", act: { kind: "close" }, which: "second-of-pair" },
    ],
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

/** Null when there is none of this name. */
export const findScenario = (name: string): Scenario | null =>
  Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name as ScenarioName] : null;
