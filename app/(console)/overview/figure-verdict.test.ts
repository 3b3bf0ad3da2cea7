import { describe, expect, it } from "vitest";
import type { Figure } from "@/lib/cluster/schemas";
import { verdictOf as verdictBeside } from "./figure-verdict";

const verdictOf = (one: Figure) => verdictBeside(one, 260);

const figure = (given: Partial<Figure>): Figure => ({
  key: "connects",
  value: 200,
  unit: "perMinute",
  usual: { low: 180, high: 260 },
  minutes: [],
  source: "mqtt_connect_received",
  ...given,
});

describe("verdictOf", () => {
  it("says where a figure stands to its usual range", () => {
    expect(verdictOf(figure({}))).toEqual({ is: "within" });
    expect(verdictOf(figure({ value: 300 }))).toEqual({ is: "above" });
    expect(verdictOf(figure({ value: 100 }))).toEqual({ is: "below" });
    expect(verdictOf(figure({ usual: null }))).toEqual({ is: "learning" });
    expect(verdictOf(figure({ value: null }))).toEqual({ is: "unknown" });
  });

  it("calls for a look at far more connects than usual, but not at a few", () => {
    expect(verdictOf(figure({ value: 1_196 }))).toEqual({ is: "trouble", why: "times", times: 4.6 });
    expect(verdictOf(figure({ value: 6, usual: { low: 0, high: 1 } }))).toEqual({ is: "above" });
    expect(verdictOf(figure({ key: "messagesIn", value: 1_196 }))).toEqual({ is: "above" });
  });

  it("calls for a look when most connects are refused, before anything is usual", () => {
    const refused = figure({ key: "refused", value: 200, usual: null });
    expect(verdictBeside(refused, 210)).toEqual({ is: "trouble", why: "most_refused" });
    expect(verdictBeside(refused, 900)).toEqual({ is: "learning" });
  });

  it("calls for a look at any hook error, and at no dropped message", () => {
    expect(verdictOf(figure({ key: "hookErrors", unit: "inLastHour", value: 1, usual: null }))).toMatchObject({
      is: "trouble",
    });
    expect(verdictOf(figure({ key: "hookErrors", unit: "inLastHour", value: 0, usual: null }))).toEqual({ is: "none" });
    expect(verdictOf(figure({ key: "dropped", unit: "inLastHour", value: 3, usual: null }))).toEqual({ is: "some" });
  });
});
