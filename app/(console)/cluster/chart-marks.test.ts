import { expect, test } from "vitest";
import { chartMarks, type Happening } from "./chart-marks";

const down = (at: number, node = "n1"): Happening => ({ kind: "state", at, node, state: "down", restarted: false });
const mark = (at: number): Happening => ({
  kind: "mark",
  at,
  id: "1",
  mark: "deploy",
  title: "gateway 2",
  markedBy: "Oka",
});
const drawn = (happenings: Happening[]) =>
  chartMarks(happenings, { from: 0, to: 1_000 }, ({ kind }) => `a ${kind} with a name`);

test("names lie beside one another in two rows, and what somebody marked has its name before what the watch saw", () => {
  expect(drawn([down(500), mark(550), down(600), down(950)]).map(({ at, name, row }) => [at, name, row])).toEqual([
    [500, "a state with a name", 1],
    [550, "a mark with a name", 0],
    [600, undefined, undefined],
    [950, "a state with a name", 1],
  ]);
});

test("what happens at one instant is one line", () => {
  expect(drawn([down(500), down(500, "n2"), mark(500)])).toMatchObject([
    { at: 500, kind: "deploy" },
    { at: 500, kind: "incident" },
  ]);
});

test("a node's return is in the list only, and nothing outside the stretch is drawn", () => {
  const isBack: Happening = { kind: "state", at: 10, node: "n1", state: "up", restarted: false };
  expect(drawn([isBack, down(-1), down(1_001)])).toEqual([]);
});
