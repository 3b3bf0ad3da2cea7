import fc from "fast-check";
import { expect, test } from "vitest";
import { coveringFilters } from "./covering-filters";
import { filterMatchesName } from "./topics";

const name = fc
  .array(fc.constantFrom("a", "b", "", "$s"), { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join("/"));
const filter = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "", "+", "$s"), { maxLength: 5 }), fc.boolean())
  .map(([levels, open]) => [...levels, ...(open ? ["#"] : [])].join("/"));

test("a filter is among a name's covering filters exactly when it matches the name", () => {
  fc.assert(
    fc.property(
      name.filter((text) => text !== ""),
      filter.filter((text) => text !== ""),
      (topicName, topicFilter) => {
        expect(coveringFilters(topicName).filters.includes(topicFilter)).toBe(
          filterMatchesName(topicFilter, topicName),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a name too deep to have all its filters listed says so", () => {
  const deep = coveringFilters("a/b/c/d/e/f/g/h/i/j/k/l");
  expect(deep.isComplete).toBe(false);
  expect(deep.filters).toContain("a/b/c/d/e/f/g/h/i/j/k/l");
  expect(coveringFilters("a/b").isComplete).toBe(true);
});
