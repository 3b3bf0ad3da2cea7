import { expect, test } from "vitest";
import { LOG_REQUEST_STATES } from "@/lib/events/schemas";
import { LIFE_CYCLE_EVENTS, nextState, statesBefore } from "./life-cycle";
import { isFinal } from "./schemas";

// Columns: dispatched accepted progressed renewed uploaded ingested declined failed expired cancelled.
const EXPECTED: Record<(typeof LOG_REQUEST_STATES)[number], string> = {
  waiting: "sent - - - - - - - expired cancelled",
  sent: "- accepted - - - - declined failed expired cancelled",
  accepted: "- - uploading accepted received - - failed expired cancelled",
  uploading: "- - uploading uploading received - - failed expired cancelled",
  received: "- - - - - ready - failed - cancelled",
  ready: "- - - - - - - - - -",
  declined: "- - - - - - - - - -",
  failed: "- - - - - - - - - -",
  expired: "- - - - - - - - - -",
  cancelled: "- - - - - - - - - -",
};

test.each(LOG_REQUEST_STATES)("every event in state %s leads where the table says, or nowhere", (state) => {
  const actual = LIFE_CYCLE_EVENTS.map((event) => nextState(state, event) ?? "-").join(" ");
  expect(actual).toBe(EXPECTED[state]);
});

test("a final state is one that no event leaves", () => {
  for (const state of LOG_REQUEST_STATES)
    expect(LIFE_CYCLE_EVENTS.every((event) => nextState(state, event) === null)).toBe(isFinal(state));
});

test("the states before an event are those it has a place in", () => {
  expect(statesBefore("uploaded")).toEqual(["accepted", "uploading"]);
  expect(statesBefore("cancelled")).toEqual(["waiting", "sent", "accepted", "uploading", "received"]);
});
