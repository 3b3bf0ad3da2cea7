import { expect, test } from "vitest";
import type { MessageStatus } from "@/lib/publish/schemas";
import { provenMs, rungsOf } from "./ladder-rungs";

const accepted: MessageStatus = {
  messageId: "m",
  topicName: "orders/1",
  qos: 1,
  retain: false,
  payloadBytes: 2,
  contentType: null,
  clientId: null,
  source: "console",
  actorName: "Dewi",
  state: "accepted",
  acceptedAt: "2026-11-20T10:42:11.000Z",
  sentAt: null,
  acknowledgedAt: null,
  acknowledgement: null,
  node: null,
  failure: null,
  expiresAt: null,
};

const statuses = (message: MessageStatus) => rungsOf(message).map((rung) => rung.status);

test("what the broker has not answered yet is awaited, and what it never tells is not observable", () => {
  expect(statuses(accepted)).toEqual(["proven", "awaited", "awaited", "not_observable", "not_observable"]);
});

test("an acknowledged message has each step with its time since it was accepted", () => {
  const rungs = rungsOf({
    ...accepted,
    state: "acknowledged",
    sentAt: "2026-11-20T10:42:11.004Z",
    acknowledgedAt: "2026-11-20T10:42:11.009Z",
  });
  expect(rungs.slice(0, 3)).toEqual([
    { name: "accepted", status: "proven", fromMs: 0, atMs: 0 },
    { name: "sent", status: "proven", fromMs: 0, atMs: 4 },
    { name: "acknowledged", status: "proven", fromMs: 4, atMs: 9 },
  ]);
  expect(provenMs(rungs)).toBe(9);
});

test("an expired message never reaches the broker", () => {
  expect(statuses({ ...accepted, state: "expired" }).slice(1, 3)).toEqual(["not_reached", "not_reached"]);
});

test("clocks that disagree by a little never draw a step before the one it follows", () => {
  const rungs = rungsOf({
    ...accepted,
    state: "acknowledged",
    sentAt: "2026-11-20T10:42:10.999Z",
    acknowledgedAt: "2026-11-20T10:42:10.998Z",
  });
  expect(rungs.map((rung) => (rung.status === "proven" ? rung.atMs : null))).toEqual([0, 0, 0, null, null]);
});
