import { expect, test } from "vitest";
import { whyItWaits, type Standstill, type WaitingRequest } from "./terms";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const phone = (state: "online" | "offline_queued" | "unknown") => ({ state, since: ago(180), node: "sub-2" });
const back = (minutesAgo: number) => ({
  status: "estimated" as const,
  usually: ago(minutesAgo + 10),
  from: ago(minutesAgo + 20),
  to: ago(minutesAgo),
  within: 11,
  days: 14,
});

const REQUEST: WaitingRequest = {
  state: "waiting",
  stateAt: ago(12),
  startsAt: null,
  files: null,
  postponedUntil: null,
  announcedBytes: null,
  sentBytes: null,
  progressedAt: null,
  links: 0,
  phone: phone("online"),
  nextOnline: null,
};

test.each<[string, Partial<WaitingRequest>, Standstill | null]>([
  ["it starts later", { state: "draft", startsAt: ago(-60) }, { why: "later", at: ago(-60) }],
  ["nobody has chosen", { state: "draft", files: [1, 2] }, { why: "choice", files: 2 }],
  ["the phone was never seen", { phone: null }, { why: "neverSeen" }],
  ["we do not know", { phone: phone("unknown") }, { why: "us", node: "sub-2" }],
  ["the phone is away", { phone: phone("offline_queued") }, { why: "away", since: ago(180), back: null }],
  [
    "it is usually back later",
    { phone: phone("offline_queued"), nextOnline: back(-30) },
    { why: "away", since: ago(180), back: back(-30) },
  ],
  [
    "its usual return has passed",
    { phone: phone("offline_queued"), nextOnline: back(5) },
    { why: "away", since: ago(180), back: null },
  ],
  ["the phone cannot now", { postponedUntil: ago(-3) }, { why: "postponed", at: ago(-3) }],
  ["its turn is next", { postponedUntil: ago(3) }, { why: "goesOut" }],
  ["the broker has not said", { state: "sent" }, { why: "underWay", since: ago(12) }],
  ["the app is silent", { state: "delivered" }, { why: "silent", since: ago(12) }],
  ["the upload has not begun", { state: "accepted", links: 1 }, { why: "notBegun", since: ago(12), links: 1 }],
  ["the phone has just said yes", { state: "accepted", stateAt: ago(0.5), links: 1 }, null],
  [
    "the upload stopped",
    { state: "uploading", announcedBytes: 1_000, sentBytes: 419, progressedAt: ago(2), links: 2 },
    { why: "stopped", percent: 41, since: ago(2), links: 2 },
  ],
  ["the upload goes on", { state: "uploading", announcedBytes: 1_000, sentBytes: 419, progressedAt: ago(0.2) }, null],
  ["the file is here", { state: "received" }, null],
  ["it has ended", { state: "expired" }, null],
])("a request says why it waits: %s", (_, over, expected) => {
  expect(whyItWaits({ ...REQUEST, ...over }, NOW)).toEqual(expected);
});
