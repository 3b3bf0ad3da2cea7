import { describe, expect, test } from "vitest";
import { groupFirings, type OpenFiring, type StandingAlert } from "./group-firings";
import { expressionSchema } from "./schemas";

const firing = (ruleId: string, metric: string, label: string, given: Partial<OpenFiring> = {}): OpenFiring => ({
  ruleId,
  label,
  severity: "warn",
  condition: { expression: expressionSchema.parse({ metric, fn: "value" }) },
  alertId: null,
  since: 0,
  ...given,
});
const down = (label: string, given: Partial<OpenFiring> = {}) =>
  firing("node-down", "node_down", label, { severity: "page", ...given });
const silent = (label: string, given: Partial<OpenFiring> = {}) => firing("node-silent", "node_silent", label, given);
const busy = (label: string, given: Partial<OpenFiring> = {}) => firing("busy", "scheduler_utilization", label, given);
const alert = (id: string, groupKey: string): StandingAlert => ({ id, groupKey, severity: "page", ruleId: "x" });

describe("one dead node is one alert", () => {
  test("whatever else holds on a node that is not well stands inside its alert; another node's does not", () => {
    const { opens } = groupFirings([busy("n1"), down("n1"), busy("n2")], []);
    expect(opens.map(({ groupKey, members }) => [groupKey, members.map(({ ruleId }) => ruleId)])).toEqual([
      ["node:n1", ["node-down", "busy"]],
      ["rule:busy:n2", ["busy"]],
    ]);
  });

  test("a frozen node that dies stays the same alert, led by what is graver", () => {
    const standing = alert("A", "node:n1");
    const both = groupFirings([silent("n1", { alertId: "A" }), down("n1")], [standing]);
    expect([both.opens, both.ends]).toEqual([[], []]);
    expect(both.joins.map(({ firing: joined }) => joined.ruleId)).toEqual(["node-down"]);
    expect(both.leads[0]?.lead.ruleId).toBe("node-down");
    expect(groupFirings([down("n1", { alertId: "A" })], [standing]).ends).toEqual([]);
  });

  test("an alert that was there before its node fell is absorbed by the node's", () => {
    const { opens, ends } = groupFirings([busy("n1", { alertId: "B" }), down("n1")], [alert("B", "rule:busy:n1")]);
    expect(opens[0]?.members.length).toBe(2);
    expect(ends).toMatchObject([{ alert: { id: "B" }, isAbsorbed: true }]);
  });

  test("what is left when the node is well again must prove itself before it is an alert", () => {
    const { opens, ends, released } = groupFirings([busy("n1", { alertId: "A" })], [alert("A", "node:n1")]);
    expect(opens).toEqual([]);
    expect(ends).toMatchObject([{ alert: { id: "A" }, isAbsorbed: false }]);
    expect(released.map(({ ruleId }) => ruleId)).toEqual(["busy"]);
  });

  test("a split is one alert, whoever sees it; a node that is down besides keeps its own", () => {
    const split = (label: string) => firing("node-split", "node_split", label, { severity: "page" });
    const { opens } = groupFirings([split("n1"), split("n2"), busy("n2"), split("n3"), down("n3")], []);
    expect(opens.map(({ groupKey, members }) => [groupKey, members.length])).toEqual([
      ["split:", 3],
      ["node:n3", 2],
    ]);
  });

  test("what is of the whole system belongs to no node", () => {
    const { opens } = groupFirings([down("n1"), busy("")], []);
    expect(opens.map(({ groupKey }) => groupKey)).toEqual(["node:n1", "rule:busy:"]);
  });
});
