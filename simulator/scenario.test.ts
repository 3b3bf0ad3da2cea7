import { expect, test } from "vitest";
import type { Act } from "./act";
import type { BrokerControl } from "./broker-control";
import { personOf } from "./people";
import type { Phone } from "./phone";
import { playScenario } from "./play-scenario";
import { describeStep, phonesOfStep, type Scenario } from "./scenario";
import { findScenario, SCENARIOS } from "./scenarios";

test.each(Object.entries<Scenario>(SCENARIOS))(
  "every step of %s is within its hour and can be said",
  (_name, scenario) => {
    for (const step of scenario.steps) {
      expect(step.atMinute).toBeLessThan(scenario.minutes);
      expect(describeStep(step)).not.toMatch(/undefined|object/);
    }
    // Without a profile the phones do only what the steps say, so one step must open them all.
    const opens = scenario.steps.filter((step) => step.do === "phones" && step.act.kind === "open");
    if (!scenario.profile) expect(opens.length).toBeGreaterThan(0);
  },
);

test("a share of the fleet is the same phones each time, and shares that touch leave nobody out", () => {
  const half = phonesOfStep({ share: [0, 0.5] }, 7);
  const other = phonesOfStep({ share: [0.5, 1] }, 7);
  expect([...half, ...other]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(phonesOfStep({}, 3)).toEqual([0, 1, 2]);
  expect(phonesOfStep({ which: "second-of-pair" }, 6)).toEqual([1, 3, 5]);
});

test("there is no scenario of an unknown name", () => {
  expect(findScenario("node-kill")?.minutes).toBe(60);
  expect(findScenario("toString")).toBeNull();
});

test("steps are done in order of time, to phones and broker, as much faster as asked", async () => {
  const done: string[] = [];
  const scenario: Scenario = {
    about: "",
    minutes: 4,
    steps: [
      { atMinute: 3, do: "heal-net" },
      { atMinute: 0, do: "phones", act: { kind: "open", node: "sub-1" } },
      { atMinute: 1, do: "node", node: "sub-1", action: "kill" },
      { atMinute: 2, do: "split-net", groups: [["sub-1"], ["sub-2", "pub-1"]] },
    ],
  };
  const startedAt = Date.now();
  await playScenario({
    scenario,
    phones: [0, 1].map((index) => fakePhone(index, (act) => done.push(`${index} ${act.kind}`))),
    control: fakeControl((call) => done.push(call)),
    speed: 1_200,
    onStep: (step) => done.push(step),
    signal: new AbortController().signal,
    now: Date.now,
  });
  expect(done).toEqual([
    "all phones: open → sub-1",
    "0 open",
    "1 open",
    "kill sub-1",
    "kill sub-1",
    "split the net: sub-1 | sub-2+pub-1",
    "split",
    "heal the net",
    "heal",
  ]);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(199);
});

const fakePhone = (index: number, act: (act: Act) => void): Phone => ({
  person: personOf(1, index),
  status: "stopped",
  act,
});

const fakeControl = (
  call: (what: string) => void,
): Pick<BrokerControl, "actOnNode" | "splitNet" | "healNet" | "setHookFaults"> => ({
  actOnNode: async (node, action) => call(`${action} ${node}`),
  splitNet: async () => call("split"),
  healNet: async () => call("heal"),
  setHookFaults: async () => call("faults"),
});
