import fc from "fast-check";
import { expect, it } from "vitest";
import { filterMatchesName, topicFilterProblem, topicNameProblem } from "@/lib/mqtt/topics";
import { decideSubscribe, isAllowed, mayPublish, maySubscribe, type Grant } from "./topic-rules";

/** Recorded, so that a failure is found again; FUZZ_SEED tries another. */
const RUNS = { numRuns: 10_000, seed: Number(process.env.FUZZ_SEED ?? 20_261_123) };
const ROOT = "lc/v1";

const level = fc.constantFrom(
  "",
  "+",
  "#",
  "lc",
  "v1",
  "clients",
  "groups",
  "me",
  "you",
  "android",
  "events",
  "a",
  "$share",
  "ü",
  "\0",
);
const levels = fc.array(level, { minLength: 1, maxLength: 7 }).map((parts) => parts.join("/"));
const topic = fc.oneof(levels, fc.string({ maxLength: 40, unit: "binary" }));
const grant = fc.record({
  topicFilter: topic,
  action: fc.constantFrom("subscribe" as const, "publish" as const),
  expiresAtMs: fc.option(fc.integer({ min: 0, max: 20 })),
});
const asker = { clientId: "me", platform: "android", appVersion: "12.4.1" };
// A grant that reaches our own topics or is no filter is refused where grants are put.
const isGrantable = ({ topicFilter }: Grant): boolean =>
  topicFilterProblem(topicFilter) === null && !/^(lc|\+|#)/.test(topicFilter);

it("no topic filter lets a client hear what is another's, whatever it was granted elsewhere", () => {
  const foreign = [`${ROOT}/clients/you/inbox`, `${ROOT}/clients/you/commands`, `${ROOT}/groups/ios`];
  fc.assert(
    fc.property(topic, fc.array(grant.filter(isGrantable), { maxLength: 4 }), (topicFilter, grants) => {
      const ask = { asker, topicFilter, grants, nowMs: 10 };
      const allowed = maySubscribe(ask, ROOT);
      expect(isAllowed(decideSubscribe(ask, ROOT))).toBe(allowed);
      if (!allowed) return;
      expect(topicFilterProblem(topicFilter)).toBeNull();
      for (const name of foreign) expect(filterMatchesName(topicFilter, name)).toBe(false);
    }),
    RUNS,
  );
});

it("no topic name lets a client publish as another, nor one that is a filter", () => {
  fc.assert(
    fc.property(topic, fc.array(grant.filter(isGrantable), { maxLength: 4 }), (topicName, grants) => {
      if (!mayPublish({ asker, topicName, grants, nowMs: 10 }, ROOT)) return;
      expect(topicNameProblem(topicName)).toBeNull();
      expect(topicName === `${ROOT}/clients/me/events` || !topicName.startsWith(`${ROOT}/`)).toBe(true);
      const holding = grants.filter(
        (one) => one.action === "publish" && (one.expiresAtMs === null || one.expiresAtMs > 10),
      );
      if (!topicName.startsWith(`${ROOT}/`))
        expect(holding.some((one) => filterMatchesName(one.topicFilter, topicName))).toBe(true);
    }),
    RUNS,
  );
});
