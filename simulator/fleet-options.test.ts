import { expect, test } from "vitest";
import { readFleetOptions } from "./fleet-options";

test("what is not said has a default; addresses may carry their node's name", () => {
  expect(readFleetOptions([])).toMatchObject({ devices: 200, profile: "day", seed: 2, speed: 1, brokers: null });
  const args = [
    "--devices",
    "15000",
    "--profile",
    "flapping",
    "--brokers",
    "sub-1=mqtt://127.0.0.1:1883,mqtts://lb:8883",
  ];
  expect(readFleetOptions(args)).toMatchObject({
    devices: 15_000,
    profile: "flapping",
    brokers: [
      { node: "sub-1", url: "mqtt://127.0.0.1:1883" },
      { node: null, url: "mqtts://lb:8883" },
    ],
  });
});

test.each([
  [["--profile", "night"], "--profile"],
  [["--devices", "many"], "--devices"],
  [["--brokers", "http://127.0.0.1"], "--brokers"],
  [["--fast"], "--fast"],
])("%j is refused by name, with the usage", (args, name) => {
  expect(() => readFleetOptions(args)).toThrow(new RegExp(`${name}[^]*npm run fleet`));
});
