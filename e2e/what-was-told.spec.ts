import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { personOf } from "@/simulator/people";
import { addresses, dataFolder, secrets } from "./stack";

// Read last, as files run by name: all that the processes said while every other spec was at them.
const METRICS = [
  `${addresses.console}/api/metrics`,
  `${addresses.publisher}/metrics`,
  `${addresses.gateway}/metrics`,
  `${addresses.worker}/metrics`,
];
// More than the fleet of a run has.
const PEOPLE = 500;
// Shorter ones are words.
const SHORTEST_SECRET = 8;

/** What must stand in no log line, label or error, by what it is. */
function forbidden(): { what: string; is: (line: string) => boolean }[] {
  const people = Array.from({ length: PEOPLE }, (_, index) => personOf(1, index));
  const names = people.map(({ name }) => name).filter((name) => name.includes(" "));
  const texts = textsOf(secrets()).filter((text) => text.length >= SHORTEST_SECRET);
  return [
    { what: "a token", is: (line) => /eyJ[\w-]{8,}\.[\w-]{8,}/.test(line) },
    // Not the digits behind a point: a metric's 0.0812345678.
    { what: "a phone number", is: (line) => /(?:\+62|(?<![.\d])0)8\d{8,}/.test(line) },
    { what: "a name", is: (line) => names.some((name) => line.includes(name)) },
    { what: "one of the stack's secrets", is: (line) => texts.some((text) => line.includes(text)) },
  ];
}

const textsOf = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(textsOf);

test("no log line and no metric of a whole run tells a token, a phone number, a name or a secret", async () => {
  const folder = path.join(dataFolder(), "logs");
  const told = readdirSync(folder).map((file) => ({ from: file, text: readFileSync(path.join(folder, file), "utf8") }));
  for (const url of METRICS) {
    const answer = await fetch(url);
    expect(answer.status, url).toBe(200);
    told.push({ from: url, text: await answer.text() });
  }
  expect(told.map(({ from }) => from)).toEqual(expect.arrayContaining(["gateway.log", "publisher.log", "worker.log"]));
  const rules = forbidden();
  const found = told.flatMap(({ from, text }) =>
    text
      .split("\n")
      .flatMap((line, index) =>
        rules.filter(({ is }) => is(line)).map(({ what }) => `${from}, line ${index + 1}: ${what}`),
      ),
  );
  expect(found).toEqual([]);
});
