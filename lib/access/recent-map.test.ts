import { expect, test } from "vitest";
import { createRecentMap } from "./recent-map";

test("the half that was asked for last is kept, what nobody asks for goes, and never more than the most are", () => {
  const map = createRecentMap<{ n: number }>(8);
  for (let n = 0; n < 100; n += 1) {
    map.set(`k-${n}`, { n });
    expect(map.get("k-0")).toEqual({ n: 0 });
    expect(map.get(`k-${Math.max(0, n - 1)}`)).toEqual({ n: Math.max(0, n - 1) });
  }
  const kept = Array.from({ length: 100 }, (_, n) => map.get(`k-${n}`)).filter(Boolean);
  expect(kept.length).toBeLessThanOrEqual(8);
  expect(map.get("k-50")).toBeUndefined();
});

test("what is deleted or replaced is gone from both of its halves", () => {
  const map = createRecentMap<{ n: number }>(4);
  map.set("a", { n: 1 });
  map.set("b", { n: 2 });
  map.set("a", { n: 3 });
  expect(map.get("a")).toEqual({ n: 3 });
  map.delete("a");
  expect(map.get("a")).toBeUndefined();
  map.clear();
  expect(map.get("b")).toBeUndefined();
});
