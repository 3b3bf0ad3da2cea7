import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

// Levels 1 and 2 of OWASP ASVS 4.0.3: chapter, section, and the last number of the section; those that were deleted or are of level 3 apart.
const SECTIONS =
  "1.1.7 1.2.4 1.4.5 1.5.4 1.6.4 1.7.2 1.8.2 1.9.2 1.10.1 1.11.2 1.12.2 1.14.6 2.1.12 2.2.3 2.3.3 2.4.6 2.5.7 2.6.3 2.7.6 2.8.7 2.9.3 " +
  "2.10.4 3.1.1 3.2.4 3.3.4 3.4.5 3.5.3 3.7.1 4.1.5 4.2.2 4.3.3 5.1.5 5.2.8 5.3.10 5.4.3 5.5.4 6.1.3 6.2.6 6.3.2 6.4.2 7.1.4 7.2.2 7.3.4 " +
  "7.4.3 8.1.4 8.2.3 8.3.8 9.1.3 9.2.4 10.2.2 10.3.3 11.1.8 12.1.3 12.2.1 12.3.6 12.4.2 12.5.2 12.6.1 13.1.5 13.2.6 13.3.2 13.4.2 14.1.4 " +
  "14.2.6 14.3.3 14.4.7 14.5.4";
const DELETED = new Set("1.4.2 1.4.3 1.12.1 4.1.4 7.3.2 13.1.2 13.2.4 14.3.1".split(" "));
const STATES = new Set(["holds", "in part", "open", "yours", "n/a"]);

const text = readFileSync("docs/asvs.md", "utf8");
const rows = [...text.matchAll(/^\| (\d[^|]*?) +\| ([^|]*?) +\| ([^|]*?) +\| ([^|]*?) *\|$/gm)].map(
  ([, numbers = "", state = "", how = "", by = ""]) => ({ numbers, state, how, by }),
);

/** "1.5.1, 1.5.3–1.5.4" → each of them. */
const eachOf = (numbers: string): string[] =>
  numbers.split(", ").flatMap((range) => {
    const [first = "", last = first] = range.split("–");
    const section = first.replace(/\d+$/, "");
    const from = Number(first.slice(section.length));
    const count = Number(last.slice(section.length)) - from + 1;
    return Array.from({ length: count }, (_, place) => `${section}${from + place}`);
  });

it("docs/asvs.md has each requirement of levels 1 and 2 once, in one of its five states", () => {
  const wanted = SECTIONS.split(" ").flatMap((last) => eachOf(`${last.replace(/\d+$/, "")}1–${last}`));
  expect(rows.flatMap(({ numbers }) => eachOf(numbers)).toSorted()).toEqual(
    wanted.filter((number) => !DELETED.has(number)).toSorted(),
  );
  expect(rows.filter(({ state }) => !STATES.has(state))).toEqual([]);
});

it("docs/asvs.md names no file that is not there, and what holds names one", () => {
  const files = [...text.matchAll(/`([^`\s]+\/[^`\s]+|[\w.-]+\.(?:md|ts|mjs|cjs|js|json))`/g)].map(
    ([, file = ""]) => file,
  );
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  // There is nothing to hold up against "none".
  expect(rows.filter(({ state, by, how }) => state === "holds" && by === "" && how !== "none")).toEqual([]);
});
