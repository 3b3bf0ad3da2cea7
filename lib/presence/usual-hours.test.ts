import { describe, expect, it } from "vitest";
import { nextOnline, usualHours, type Past } from "./usual-hours";

const HOUR = 3_600_000;
const JAKARTA = () => 7 * HOUR;
/** Local hour of a day of November 2026 in Jakarta; the 20th is a Friday. */
const at = (day: number, hour: number) => Date.UTC(2026, 10, day) + hour * HOUR - 7 * HOUR;
const past = (given: Partial<Past>): Past => ({
  spans: [],
  since: at(6, 0),
  now: at(20, 17.5),
  offsetAt: JAKARTA,
  ...given,
});
/** Online from the morning to the afternoon, and again from about 19:40. */
const habit = (days: number, back: (day: number) => number) =>
  Array.from({ length: days }, (_, n) => 20 - days + n).flatMap((day) => [
    { from: at(day, 7), to: at(day, 16) },
    { from: at(day, back(day)), to: at(day, 22) },
  ]);

describe("when a client will be online next", () => {
  it("is told from its own days, with a band that holds three of four of them", () => {
    const estimate = nextOnline(past({ spans: habit(14, (day) => 19.5 + (day % 3) / 4) }));
    expect(estimate).toMatchObject({ status: "estimated", days: 10, within: 8 });
    if (estimate.status !== "estimated") return;
    const hour = (iso: string) => (Date.parse(iso) - at(20, 0)) / HOUR;
    expect(hour(estimate.from)).toBeGreaterThanOrEqual(19.5);
    expect(hour(estimate.to)).toBeLessThanOrEqual(20);
    expect(hour(estimate.usually)).toBeCloseTo(19.75, 1);
  });

  it("is not moved by a single odd day", () => {
    const odd = nextOnline(past({ spans: habit(14, (day) => (day === 13 ? 21.9 : 19.5)) }));
    expect(odd).toMatchObject({ status: "estimated", from: new Date(at(20, 19.5)).toISOString() });
  });

  it("is not told from fewer than five days, and days before it was first seen are not days offline", () => {
    expect(nextOnline(past({ spans: habit(4, () => 19.5), since: at(16, 0) }))).toEqual({
      status: "too_little",
      days: 4,
    });
    expect(nextOnline(past({ spans: [], since: at(20, 0) }))).toEqual({ status: "too_little", days: 0 });
  });

  it("has no pattern when it comes back at any hour, or stayed away most days", () => {
    const scattered = Array.from({ length: 19 }, (_, n) => {
      const hour = 17.6 + ((n * 7) % 19);
      return { from: at(n + 1, hour), to: at(n + 1, hour + 0.2) };
    });
    expect(nextOnline(past({ spans: scattered, since: at(1, 0) })).status).toBe("no_pattern");
    const away = Array.from({ length: 19 }, (_, n) => ({ from: at(n + 1, 7), to: at(n + 1, 9) })).filter(
      (_, n) => n % 3 === 0,
    );
    expect(nextOnline(past({ spans: away, since: at(1, 0) }))).toMatchObject({ status: "no_pattern" });
  });

  it("compares weekdays with weekdays and weekend days with weekend days, once there are five", () => {
    const isWeekend = (day: number) => [0, 6].includes(new Date(Date.UTC(2026, 10, day)).getUTCDay());
    const spans = habit(19, (day) => (isWeekend(day) ? 21 : 19));
    expect(nextOnline(past({ spans, since: at(1, 0) }))).toMatchObject({
      from: new Date(at(20, 19)).toISOString(),
      days: 14,
    });
    expect(nextOnline(past({ spans, since: at(1, 0), now: at(21, 17.5) }))).toMatchObject({
      from: new Date(at(21, 21)).toISOString(),
      days: 5,
    });
  });

  it("keeps to the clock when the zone's offset changes", () => {
    const offsetAt = (instant: number) => (instant < at(10, 0) ? 8 : 7) * HOUR;
    const clock = (day: number, hour: number) => Date.UTC(2026, 10, day) + hour * HOUR - offsetAt(at(day, hour));
    const spans = Array.from({ length: 19 }, (_, n) => ({ from: clock(n + 1, 19), to: clock(n + 1, 22) }));
    expect(nextOnline(past({ spans, offsetAt }))).toMatchObject({
      from: new Date(clock(20, 19)).toISOString(),
      to: new Date(clock(20, 19)).toISOString(),
    });
  });
});

describe("the usual hours", () => {
  it("are the share of each local hour it was online", () => {
    const { hours, days, isWeekend } = usualHours(past({ spans: habit(14, () => 19.5), since: at(6, 0) }));
    expect(days).toBe(10);
    expect(isWeekend).toBe(false);
    expect(hours[3]).toBe(0);
    expect(hours[7]).toBe(1);
    expect(hours[19]).toBe(0.5);
  });

  it("of nothing known are nothing", () => {
    expect(usualHours(past({ since: at(20, 0) }))).toEqual({ hours: Array(24).fill(0), days: 0, isWeekend: null });
  });

  it("count a span over midnight in both days", () => {
    const spans = Array.from({ length: 19 }, (_, n) => ({ from: at(n + 1, 23), to: at(n + 1, 23) + 2 * HOUR }));
    const { hours } = usualHours(past({ spans, now: at(20, 12), since: at(1, 0) }));
    expect(hours[23]).toBe(1);
    expect(hours[0]).toBeGreaterThan(0.8);
  });
});
