import { describe, expect, it } from "vitest";
import { compareMembership, confirmSplits, judgeSplits, type JudgedNode } from "./judge-splits";

const node = (name: string, sees: Record<string, boolean> | null, given: Partial<JudgedNode> = {}): JudgedNode => ({
  name,
  answers: true,
  brokerName: `broker-${name}`,
  peers: sees && Object.entries(sees).map(([peer, running]) => ({ name: `broker-${peer}`, running })),
  ...given,
});
const none = new Map();
const whole = { a: true, b: true, c: true };

describe("judgeSplits", () => {
  it("finds both sides of a split, each with whom it does not see", () => {
    const alone = node("a", { a: true, b: false, c: false });
    const both = [node("b", { a: false, b: true, c: true }), node("c", { a: false, b: true, c: true })];
    expect([...judgeSplits([alone, ...both], none)]).toEqual([
      ["a", ["b", "c"]],
      ["b", ["a"]],
      ["c", ["a"]],
    ]);
  });

  it("does not call a dead node split, nor those that miss it", () => {
    const seen = { a: true, b: true, c: false };
    const dead = node("c", null, { answers: false });
    expect(judgeSplits([node("a", seen), node("b", seen), dead], none).size).toBe(0);
  });

  it("takes one side's word, and keeps what was known when neither says anything", () => {
    const missing = node("a", { a: true, b: false });
    const silent = node("b", null);
    const first = judgeSplits([missing, silent], none);
    expect([...first.keys()]).toEqual(["a", "b"]);
    expect(judgeSplits([node("a", null), silent], first)).toEqual(first);
    expect(judgeSplits([node("a", { a: true, b: true }), silent], first).size).toBe(0);
  });

  it("waits for a second look before it calls a split, and for none to end it", () => {
    const now = judgeSplits([node("a", { a: true, b: false }), node("b", null)], none);
    expect(confirmSplits(now, none, none).size).toBe(0);
    expect([...confirmSplits(now, now, none).keys()]).toEqual(["a", "b"]);
    expect([...confirmSplits(now, none, now).keys()]).toEqual(["a", "b"]);
    expect(confirmSplits(none, now, now).size).toBe(0);
  });
});

describe("compareMembership", () => {
  it("names a node of the cluster that is not configured", () => {
    const seen = { ...whole, d: true };
    expect(compareMembership([node("a", seen), node("b", seen), node("c", seen)])).toEqual({
      notConfigured: ["broker-d"],
      notInCluster: [],
    });
  });

  it("names a configured node that no other one lists", () => {
    const pair = { a: true, b: true };
    expect(compareMembership([node("a", pair), node("b", pair), node("c", { c: true })]).notInCluster).toEqual(["c"]);
  });

  it("says nothing while a configured node's own name is not known, nor about one that is away", () => {
    const unknown = node("c", null, { brokerName: null, answers: false });
    expect(compareMembership([node("a", whole), node("b", whole), unknown])).toEqual({
      notConfigured: [],
      notInCluster: [],
    });
    expect(compareMembership([node("a", { a: true })])).toEqual({ notConfigured: [], notInCluster: [] });
  });
});
