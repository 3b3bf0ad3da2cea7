import { expect, test } from "vitest";
import { chartMarks, type Happening } from "./chart-marks";

const down = (at: number): Happening => ({ kind: "state", at, node: "n1", state: "down", restarted: false });
const mark = (at: number): Happening => ({
  kind: "mark",
  at,
  id: "1",
  mark: "deploy",
  title: "gateway 2",
  markedBy: "Oka",
});
const names = (happenings: Happening[]) =>
  chartMarks(happenings, { from: 0, to: 1_000 }, ({ kind }) => kind).map(({ at, name }) => [at, name]);

test("of lines too close for two names, what somebody marked has its name, and every line is drawn", () => {
  expect(names([down(500), mark(550), down(700), down(710)])).toEqual([
    [500, undefined],
    [550, "mark"],
    [700, "state"],
    [710, undefined],
  ]);
});

test("a node's return is in the list only, and nothing outside the stretch is drawn", () => {
  expect(names([{ kind: "state", at: 10, node: "n1", state: "up", restarted: false }, down(-1), down(1_001)])).toEqual(
    [],
  );
});
