import { expect, test } from "vitest";
import { LOG_REQUEST_STATES } from "@/lib/events/schemas";
import { commandOf, eventOfSending, LIFE_CYCLE_EVENTS, nextState, repeatAfterMs, statesBefore } from "./life-cycle";
import { isFinal } from "./terms";

// Events that are not named lead nowhere.
const EXPECTED: Record<(typeof LOG_REQUEST_STATES)[number], string> = {
  draft: "begun>waiting expired>expired cancelled>cancelled",
  waiting: "dispatched>sent expired>expired cancelled>cancelled",
  sent:
    "repeated>sent delivered>delivered listed>draft postponed>waiting accepted>accepted declined>declined failed>failed " +
    "expired>expired cancelled>cancelled",
  delivered:
    "repeated>delivered listed>draft postponed>waiting accepted>accepted declined>declined failed>failed expired>expired " +
    "cancelled>cancelled",
  accepted: "progressed>uploading renewed>accepted uploaded>received failed>failed expired>expired cancelled>cancelled",
  uploading:
    "progressed>uploading renewed>uploading uploaded>received failed>failed expired>expired cancelled>cancelled",
  received: "ingested>ready failed>failed cancelled>cancelled",
  ready: "",
  declined: "",
  failed: "",
  expired: "uploaded>received",
  cancelled: "stopped>cancelled",
};

test.each(LOG_REQUEST_STATES)("every event in state %s leads where the table says, or nowhere", (state) => {
  const actual = LIFE_CYCLE_EVENTS.flatMap((event) => {
    const to = nextState(state, event);
    return to ? `${event}>${to}` : [];
  });
  expect(actual.join(" ")).toBe(EXPECTED[state]);
});

test("nothing leaves a final state but a file that comes late", () => {
  for (const state of LOG_REQUEST_STATES) {
    const left = LIFE_CYCLE_EVENTS.filter((event) => (nextState(state, event) ?? state) !== state);
    if (isFinal(state)) expect(left).toEqual(state === "expired" ? ["uploaded"] : []);
    else expect(left.length).toBeGreaterThan(0);
  }
});

test("every state that is not final can be cancelled, and expires unless the file has come", () => {
  for (const state of LOG_REQUEST_STATES) {
    expect(nextState(state, "cancelled")).toBe(isFinal(state) ? null : "cancelled");
    expect(nextState(state, "expired")).toBe(isFinal(state) || state === "received" ? null : "expired");
  }
});

test("the states before an event are those it has a place in", () => {
  expect(statesBefore("uploaded")).toEqual(["accepted", "uploading", "expired"]);
  expect(statesBefore("dispatched")).toEqual(["waiting"]);
});

test("a phone is told what its request's state asks for, and to stop only while it has not said that it did", () => {
  const told = (state: (typeof LOG_REQUEST_STATES)[number], over = {}) =>
    commandOf({ state, wantsInventory: false, cancelPending: false, ...over });
  expect(told("waiting")).toBe("logs.upload");
  expect(told("delivered", { wantsInventory: true })).toBe("logs.list");
  expect(told("uploading")).toBe("logs.put");
  expect(told("cancelled")).toBeNull();
  expect(told("cancelled", { cancelPending: true })).toBe("logs.cancel");
  expect(told("draft")).toBeNull();
});

test("sending moves a waiting request, and says of the others that it was said again", () => {
  expect(eventOfSending("waiting")).toBe("dispatched");
  expect(eventOfSending("delivered")).toBe("repeated");
  expect(eventOfSending("uploading")).toBe("renewed");
  expect(eventOfSending("cancelled")).toBeNull();
});

test("the waits between commands double from five seconds to an hour", () => {
  expect([1, 2, 3, 10, 11, 80].map((commands) => repeatAfterMs(commands) / 1_000)).toEqual([
    5, 10, 20, 2_560, 3_600, 3_600,
  ]);
});
