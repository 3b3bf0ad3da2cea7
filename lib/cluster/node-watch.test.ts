import { describe, expect, it } from "vitest";
import { nextWatch, notAsked, type Observation } from "./node-watch";

const after = (...seen: Observation[]) => {
  const { state, evidence } = seen.reduce(nextWatch, notAsked("up", "answers"));
  return `${state}: ${evidence}`;
};

describe("nextWatch", () => {
  it("does not call one miss an incident", () => {
    expect(after("no_answer")).toBe("up: answers");
    expect(after("refused", "answered", "refused")).toBe("up: answers");
  });

  it("calls a node silent after two misses, down after two refusals", () => {
    expect(after("no_answer", "no_answer")).toBe("silent: no_answer");
    expect(after("no_answer", "wrong_answer")).toBe("silent: wrong_answer");
    expect(after("refused", "refused")).toBe("down: refused");
    expect(after("no_answer", "no_answer", "refused", "refused")).toBe("down: refused");
  });

  it("keeps what it knows when refusals and time-outs mix", () => {
    expect(after("refused", "no_answer")).toBe("silent: no_answer");
    expect(after("refused", "refused", "no_answer")).toBe("down: refused");
    expect(after("refused", "refused", "no_answer", "no_answer")).toBe("silent: no_answer");
  });

  it("does not call a node up again before it has read since when it runs", () => {
    expect(after("refused", "refused", "unreadable")).toBe("down: metrics_unreadable");
    expect(after("refused", "refused", "unreadable", "answered")).toBe("up: answers");
    expect(after("unreadable")).toBe("up: metrics_unreadable");
  });
});
