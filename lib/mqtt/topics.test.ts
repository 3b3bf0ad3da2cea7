import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterCoversFilter, filterMatchesName, topicFilterProblem, topicNameProblem } from "./topics";

describe("topic filters", () => {
  it.each([
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/+", "a/b", true],
    ["a/+", "a/b/c", false],
    ["+/b", "/b", true],
    ["#", "$SYS/x", false],
    ["+/x", "$SYS/x", false],
    ["$SYS/#", "$SYS/x", true],
    ["a/b", "a/B", false],
  ])("%s on %s: %s", (filter, name, matches) => expect(filterMatchesName(filter, name)).toBe(matches));

  it.each([
    ["a/#", "a/+/c", true],
    ["a/+", "a/#", false],
    ["a/+/c", "a/b/c", true],
    ["a/b", "a/+", false],
  ])("%s covers %s: %s", (outer, inner, covers) => expect(filterCoversFilter(outer, inner)).toBe(covers));

  it("cover a filter only when they match every name it matches", () => {
    const level = fc.constantFrom("a", "b", "");
    const names = fc
      .array(level, { minLength: 1, maxLength: 4 })
      .map((levels) => levels.join("/"))
      .filter((name) => name !== "");
    const filters = fc
      .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, deep]) => [...levels, ...(deep ? ["#"] : [])].join("/"))
      .filter((filter) => filter !== "");
    fc.assert(
      fc.property(filters, filters, names, (outer, inner, name) => {
        fc.pre(filterCoversFilter(outer, inner) && filterMatchesName(inner, name));
        return filterMatchesName(outer, name);
      }),
    );
  });

  it.each(["a#", "#/a", "a+/b", ""])("%s is no topic filter", (text) =>
    expect(topicFilterProblem(text)).not.toBeNull(),
  );
  it.each(["a/+", "#", "", "a\u0000b"])("%s is no topic name", (text) => expect(topicNameProblem(text)).not.toBeNull());
});
