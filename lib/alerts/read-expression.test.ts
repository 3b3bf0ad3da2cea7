import { describe, expect, test } from "vitest";
import type { NodeRole } from "@/lib/cluster/schemas";
import { conditionText, expressionText } from "./expression-text";
import { readExpression, type SeriesView } from "./read-expression";
import { SHIPPED_RULES } from "./default-rules";
import { expressionSchema, ruleConditionSchema, type Expression } from "./schemas";

type Lines = Record<string, Record<string, (number | null)[]>>;

/** Bins of five seconds; nodes whose name begins with p are publishers. */
function viewOf(lines: Lines, stepSeconds = 5): SeriesView {
  const nodes = [...new Set(Object.values(lines).flatMap((metric) => Object.keys(metric)))];
  const count = Math.max(...Object.values(lines).flatMap((metric) => Object.values(metric).map((line) => line.length)));
  return {
    at: Array.from({ length: count }, (_, index) => index * stepSeconds * 1_000),
    stepSeconds,
    nodes: nodes.map((name) => ({ name, role: (name.startsWith("p") ? "publisher" : "subscriber") as NodeRole })),
    valuesOf: (metric, node) => lines[metric]?.[node] ?? [],
  };
}

const read = (
  draft: Parameters<typeof expressionSchema.parse>[0],
  lines: Lines,
  comparison: "atLeast" | "atMost" = "atLeast",
) => {
  const view = viewOf(lines);
  return Object.fromEntries(
    readExpression(expressionSchema.parse(draft), view, { index: view.at.length - 1, comparison }),
  );
};

const times = (count: number, value: number | null) => Array.from({ length: count }, () => value);

describe("an expression over the nodes' series", () => {
  test("a value is the latest of the last 15 s; a node silent for longer is unknown, not zero", () => {
    const value = { metric: "connections", fn: "value" };
    expect(read(value, { connections: { a: [5, 7], b: [9, null] } })).toEqual({ a: 7, b: 9 });
    expect(read(value, { connections: { a: [5, null, null, null] } })).toEqual({ a: null });
  });

  test("a rate is per second and an increase the sum of what is known in the window", () => {
    const lines = { queue_dropped: { a: times(12, 2), b: [...times(11, 0), 1] } };
    expect(read({ metric: "queue_dropped", fn: "rate", windowSeconds: 60 }, lines)).toEqual({ a: 2, b: 1 / 12 });
    expect(read({ metric: "queue_dropped", fn: "increase", windowSeconds: 60, per: "sum" }, lines)).toEqual({
      "": 125,
    });
    expect(read({ metric: "queue_dropped", fn: "increase", windowSeconds: 60, per: "max" }, lines)).toEqual({
      "": 120,
    });
  });

  test("a ratio of a few is no share: what it is of is at least `least`", () => {
    const lines = { connects_refused: { a: times(12, 0.05) }, connects_received: { a: times(12, 0.05) } };
    const ratio = { metric: "connects_refused", fn: "ratio", of: "connects_received", windowSeconds: 60, per: "sum" };
    expect(read(ratio, lines)[""]).toBeCloseTo(100);
    expect(read({ ...ratio, least: 50 }, lines)[""]).toBeCloseTo(6);
  });

  test("connections fall only on nodes that answer: a node that died is not a drop", () => {
    const drop = { metric: "connections", fn: "drop", windowSeconds: 60, per: "sum", least: 10 };
    const falling = [...times(13, 1_000), ...times(5, 800)];
    expect(read(drop, { connections: { a: falling, b: times(18, 1_000) } })[""]).toBeCloseTo(10);
    expect(read(drop, { connections: { a: times(18, 1_000), b: [...times(10, 1_000), ...times(8, null)] } })[""]).toBe(
      0,
    );
    expect(read(drop, { connections: { a: [...times(8, null), ...times(10, 4)] } })[""]).toBeNull();
  });

  test("a node is far from the median of its peers of the same role, and two nodes have none", () => {
    const spread = { metric: "connections", fn: "spread", least: 10 };
    const three = { connections: { a: [100], b: [110], c: [20], p: [3] } };
    const values = read(spread, three);
    expect(values["c"]).toBeCloseTo(81, 0);
    expect(values["a"]).toBeLessThan(60);
    expect(values).not.toHaveProperty("p");
    expect(read(spread, { connections: { a: [100], b: [1] } })).toEqual({});
  });

  test("a sum that lacks a node is a lower bound: enough for at least, unknown for at most", () => {
    const sum = { metric: "connections", fn: "value", per: "sum" };
    const lines = { connections: { a: [5], b: [null] } };
    expect(read(sum, lines, "atLeast")).toEqual({ "": 5 });
    expect(read(sum, lines, "atMost")).toEqual({ "": null });
  });

  test("only nodes of the role are read", () => {
    const value = { metric: "connections", fn: "value", nodes: "publisher" };
    expect(read(value, { connections: { a: [5], p1: [2] } })).toEqual({ p1: 2 });
  });
});

describe("an expression as data and as text", () => {
  test("what makes no sense is refused, and says what would", () => {
    expect(() => expressionSchema.parse({ metric: "connections", fn: "rate" })).toThrow("value, drop, spread");
    expect(() => expressionSchema.parse({ metric: "connects_refused", fn: "ratio" })).toThrow("needs the counter");
    expect(() => expressionSchema.parse({ metric: "node_down", fn: "drop" })).toThrow();
    expect(() => expressionSchema.parse({ metric: "connections", fn: "spread", per: "sum" })).toThrow();
    expect(() => expressionSchema.parse({ metric: "process.exit", fn: "value" })).toThrow();
  });

  test.each(SHIPPED_RULES)(
    "the shipped rule $id is one of the schema's, with room between threshold and clear",
    (rule) => {
      expect(ruleConditionSchema.parse(rule.condition)).toEqual(rule.condition);
    },
  );

  test("reads in one line", () => {
    const text = (draft: Partial<Expression>) => expressionText(expressionSchema.parse(draft));
    expect(text({ metric: "connections", fn: "value" })).toBe("connections by node");
    expect(text({ metric: "connections", fn: "drop", per: "sum", nodes: "subscriber" })).toBe(
      "sum(drop_percent(connections[1m])) of subscriber nodes",
    );
    expect(
      text({
        metric: "connects_refused",
        fn: "ratio",
        of: "connects_received",
        windowSeconds: 300,
        per: "sum",
        least: 50,
      }),
    ).toBe("sum(percent(connects_refused[5m] / connects_received[5m], least 50))");
    const falling = SHIPPED_RULES.find(({ id }) => id === "connections-falling");
    expect(falling && conditionText(falling.condition)).toBe(
      "sum(drop_percent(connections[1m], least 50)) of subscriber nodes >= 10 % for 10s, until <= 3 % for 1m",
    );
    const memory = SHIPPED_RULES.find(({ id }) => id === "memory");
    expect(memory && conditionText(memory.condition)).toBe(
      "vm_memory_bytes by node >= 16 GB for 5m, until <= 14 GB for 2m",
    );
  });
});
