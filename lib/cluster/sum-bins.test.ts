import { describe, expect, it } from "vitest";
import type { Bin } from "./query-bins";
import { sumRises, sumValues } from "./sum-bins";

const bin = (given: Partial<Bin>): Bin => ({
  nodeId: 1,
  at: new Date(0),
  samples: 12,
  values: [null],
  increases: [null],
  lows: [],
  highs: [],
  ...given,
});

describe("sums over nodes", () => {
  it("do not count clients twice that moved to another node within the bin", () => {
    const alive = bin({ values: [(3 * 40 + 9 * 80) / 12] });
    const died = bin({ nodeId: 2, samples: 3, values: [40] });
    expect(sumValues([0], [alive, died], 0)).toEqual([80]);
  });

  it("keep every rise, and say nothing where nobody did", () => {
    const bins = [bin({ increases: [10] }), bin({ nodeId: 2, samples: 3, increases: [5] })];
    expect(sumRises([0, 60_000], bins, 0)).toEqual([15, null]);
    expect(sumValues([0, 60_000], bins, 0)).toEqual([null, null]);
  });
});
