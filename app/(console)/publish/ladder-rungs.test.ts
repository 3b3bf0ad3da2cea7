import { expect, test } from "vitest";
import type { MessageDetail } from "@/lib/publish/schemas";
import { provenMs, rungsOf } from "./ladder-rungs";

const accepted: MessageDetail = {
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
  packetId: null,
  receivedAt: null,
  releasedAt: null,
  commandId: null,
  answer: null,
  previousId: null,
  reasonCode: null,
  dup: false,
};

const statuses = (message: MessageDetail) => rungsOf(message).map((rung) => rung.status);

test("what the broker has not answered yet is awaited, and what it never tells is not observable", () => {
  expect(statuses(accepted)).toEqual(["proven", "awaited", "awaited", "not_observable", "not_observable", "not_asked"]);
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

test("what the broker says nobody subscribes to was routed to nobody, unless an app answered to it", () => {
  const acknowledged: MessageDetail = {
    ...accepted,
    state: "acknowledged",
    sentAt: "2026-11-20T10:42:11.004Z",
    acknowledgedAt: "2026-11-20T10:42:11.009Z",
    reasonCode: 16,
  };
  expect(statuses(acknowledged).slice(3, 5)).toEqual(["nobody", "not_reached"]);
  const answer = { at: "2026-11-20T10:42:11.050Z", type: "pong" };
  expect(statuses({ ...acknowledged, answer }).slice(3, 5)).toEqual(["implied", "implied"]);
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
  expect(rungs.map((rung) => (rung.status === "proven" ? rung.atMs : null))).toEqual([0, 0, 0, null, null, null]);
});

test("QoS 2 has each packet of its handshake; one that a lost connection hid is unseen, not guessed", () => {
  const done: MessageDetail = {
    ...accepted,
    qos: 2,
    state: "acknowledged",
    sentAt: "2026-11-20T10:42:11.004Z",
    receivedAt: "2026-11-20T10:42:11.006Z",
    releasedAt: "2026-11-20T10:42:11.007Z",
    acknowledgedAt: "2026-11-20T10:42:11.009Z",
  };
  expect(rungsOf(done).map((rung) => (rung.status === "proven" ? [rung.name, rung.atMs] : null))).toEqual([
    ["accepted", 0],
    ["sent", 4],
    ["received", 6],
    ["released", 7],
    ["acknowledged", 9],
    null,
    null,
    null,
  ]);
  expect(statuses({ ...done, receivedAt: null }).slice(2, 4)).toEqual(["unseen", "proven"]);
});

test("the app's answer has its time and proves what the broker does not tell, without inventing times", () => {
  const asked: MessageDetail = { ...accepted, clientId: "and-1", commandId: "c-1" };
  expect(statuses(asked).at(-1)).toBe("awaited");
  const answer = { at: "2026-11-20T10:42:11.214Z", type: "pong" };
  expect(rungsOf({ ...asked, answer }).slice(-3)).toEqual([
    { name: "routed", status: "implied" },
    { name: "delivered", status: "implied" },
    { name: "answered", status: "proven", fromMs: 0, atMs: 214 },
  ]);
});
