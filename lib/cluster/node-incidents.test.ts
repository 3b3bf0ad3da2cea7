import { expect, it } from "vitest";
import { incidentsOf, type NodeChange } from "./node-incidents";

const change = (atMs: number, given: Partial<NodeChange>): NodeChange => ({
  node: "sub-1",
  atMs,
  fromState: "up",
  toState: "silent",
  evidence: "no_answer",
  restarted: false,
  bootedAtMs: null,
  lastAnswerAtMs: atMs - 4,
  ...given,
});

it("an incident is from a node's last answer until it answers again", () => {
  const changes = [
    change(100, {}),
    change(160, { fromState: "silent", toState: "down", evidence: "refused" }),
    change(200, { fromState: "down", toState: "up", evidence: "answers", restarted: true }),
  ];
  expect(incidentsOf(changes)).toEqual([{ node: "sub-1", kind: "lost", fromMs: 96, noticedMs: 100, toMs: 200 }]);
});

it("one that goes on has no end, and each node has its own", () => {
  const changes = [
    change(100, {}),
    change(110, { node: "sub-2" }),
    change(120, { node: "sub-2", fromState: "silent", toState: "up", evidence: "answers" }),
  ];
  expect(incidentsOf(changes).map(({ node, toMs }) => [node, toMs])).toEqual([
    ["sub-1", null],
    ["sub-2", 120],
  ]);
});

it("a restart between two looks is one too, though its state never changed", () => {
  const changes = [change(100, { toState: "up", evidence: "answers", restarted: true, bootedAtMs: 97 })];
  expect(incidentsOf(changes)).toEqual([{ node: "sub-1", kind: "restarted", fromMs: 96, noticedMs: 100, toMs: 100 }]);
});

it("a watch that stopped says nothing of the node", () => {
  expect(incidentsOf([change(100, { evidence: "watch_paused" }), change(120, { toState: "up" })])).toEqual([]);
});

it("a change back that comes without its beginning is none", () => {
  expect(incidentsOf([change(100, { fromState: "silent", toState: "up", evidence: "answers" })])).toEqual([]);
});
