import { describe, expect, it } from "vitest";
import type { NodeBins } from "./query-bins";
import { sumRises, sumValues } from "./sum-bins";

const node = (given: Partial<NodeBins>): NodeBins => ({
  nodeId: 1,
  samples: [12],
  values: [[null]],
  increases: [[null]],
  lows: [],
  highs: [],
  ...given,
});

describe("sums over nodes", () => {
  it("do not count clients twice that moved to another node within the bin", () => {
    const alive = node({ values: [[(3 * 40 + 9 * 80) / 12]] });
    const died = node({ nodeId: 2, samples: [3], values: [[40]] });
    expect(sumValues([0], [alive, died], 0)).toEqual([80]);
  });

  it("keep every rise, and say nothing where nobody did", () => {
    const nodes = [
      node({ samples: [12, 0], increases: [[10, null]] }),
      node({ nodeId: 2, samples: [3, 0], increases: [[5, null]] }),
    ];
    expect(sumRises([0, 60_000], nodes, 0)).toEqual([15, null]);
    expect(sumValues([0, 60_000], nodes, 0)).toEqual([null, null]);
  });
});
