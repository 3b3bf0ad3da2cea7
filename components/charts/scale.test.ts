import { describe, expect, it } from "vitest";
import { timeTicks, valueScale, zoneOffsetMs } from "./scale";

const HOUR = 3_600_000;

describe("a scale of values", () => {
  it("has at most four lines at round values around what it shows", () => {
    expect(valueScale([12_030, 12_580], { zero: false })).toEqual({
      low: 12_000,
      high: 12_600,
      ticks: [12_000, 12_200, 12_400, 12_600],
    });
    expect(valueScale([3, 23], { zero: true }).ticks).toEqual([0, 10, 20, 30]);
    expect(valueScale([0.2, 0.9], { zero: true }).ticks).toEqual([0, 0.5, 1]);
  });
  it("stands where nothing varies or nothing is known", () => {
    expect(valueScale([7, 7], { zero: false }).low).toBeLessThanOrEqual(7);
    expect(valueScale([0], { zero: true })).toEqual({ low: 0, high: 1, ticks: [0, 1] });
    expect(valueScale([], { zero: true }).ticks).toEqual([0, 1]);
  });
  it("has no halves of what is counted", () => {
    expect(valueScale([0, 1], { zero: true }).ticks).toEqual([0, 1]);
    expect(valueScale([7], { zero: true }).ticks).toEqual([0, 5, 10]);
    expect(valueScale([70], { zero: true }).ticks).toEqual([0, 25, 50, 75]);
    expect(valueScale([162, 171], { zero: false }).ticks).toEqual([160, 165, 170, 175]);
  });
});

describe("a scale of time", () => {
  it("has at most five round instants by the clock of the zone", () => {
    const from = Date.parse("2026-11-20T01:42:00Z");
    const ticks = timeTicks(from, from + 3 * HOUR, zoneOffsetMs("Asia/Jakarta", from));
    expect(ticks.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(["02:00", "03:00", "04:00"]);
  });
  it("knows zones that are half an hour off", () => {
    expect(zoneOffsetMs("Asia/Kolkata", Date.parse("2026-11-20T01:42:31Z"))).toBe(5.5 * HOUR);
  });
});
