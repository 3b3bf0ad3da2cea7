import { describe, expect, it } from "vitest";
import type { Series } from "@/lib/cluster/schemas";
import { gapsOf, rowsPerNode, rowsSummed } from "./chart-rows";

const series: Series = {
  at: [0, 5_000, 10_000],
  stepSeconds: 5,
  nodes: [
    { name: "sub-1", role: "subscriber", samples: [1, 1, 0] },
    { name: "sub-2", role: "subscriber", samples: [1, 0, 0] },
  ],
  lines: [
    { metric: "connections", node: "sub-1", values: [10, 11, null] },
    { metric: "connections", node: "sub-2", values: [20, null, null] },
    { metric: "sessions", node: "sub-1", values: [15, 15, null] },
    { metric: "sessions", node: "sub-2", values: [25, null, null] },
  ],
  gaps: [],
  sources: {},
  history: { kind: "own", stepSeconds: 5, keptFrom: "2026-11-20T10:00:00Z" },
  comparison: null,
};
const both = ["sub-1", "sub-2"];

describe("rows of a chart", () => {
  it("keep a node's missing sample a gap", () => {
    expect(rowsPerNode(series, "connections", both).map((row) => row.values)).toEqual([
      { "sub-1": 10, "sub-2": 20 },
      { "sub-1": 11, "sub-2": null },
      { "sub-1": null, "sub-2": null },
    ]);
  });

  it("sum what is known and say nothing where nobody spoke", () => {
    const waiting = {
      key: "waiting",
      of: (value: (metric: "connections" | "sessions") => number | null) => {
        const [all, online] = [value("sessions"), value("connections")];
        return all === null || online === null ? null : all - online;
      },
    };
    expect(rowsSummed(series, [waiting], both).map((row) => row.values.waiting)).toEqual([10, 4, null]);
  });
});

describe("a sum over nodes", () => {
  it("does not count clients twice that moved to another node within the bin", () => {
    // 40 and 40; after a quarter of the minute sub-2 dies and its clients move over.
    const moved: Series = {
      ...series,
      at: [0],
      stepSeconds: 60,
      nodes: [
        { name: "sub-1", role: "subscriber", samples: [12] },
        { name: "sub-2", role: "subscriber", samples: [3] },
      ],
      lines: [
        { metric: "connections", node: "sub-1", values: [(3 * 40 + 9 * 80) / 12] },
        { metric: "connections", node: "sub-2", values: [40] },
      ],
    };
    const [row] = rowsSummed(moved, [{ key: "online", of: (value) => value("connections") }], both);
    expect(row?.values.online).toBe(80);
  });
});

describe("gapsOf", () => {
  it("joins overlapping gaps of nodes and leaves out those of others and what is past the last point", () => {
    const gaps = [
      { node: null, from: 0, to: 5 },
      { node: "sub-2", from: 10, to: 20 },
      { node: "sub-1", from: 15, to: 30 },
      { node: "pub-1", from: 50, to: 60 },
    ];
    expect(gapsOf({ at: [0, 25], gaps }, both)).toEqual([
      { from: 0, to: 5, kind: "unwatched" },
      { from: 10, to: 25, kind: "unknown" },
    ]);
  });
});
