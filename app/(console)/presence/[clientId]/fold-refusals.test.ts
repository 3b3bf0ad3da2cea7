import { expect, test } from "vitest";
import type { TimelineEntry } from "@/lib/timeline/schemas";
import { foldRefusals } from "./fold-refusals";

const entry = (key: string) => ({ key, kind: "connection" as const, at: "2026-11-20T02:12:00Z", node: "sub-1" });
const refused = (key: string, reason: string): TimelineEntry => ({
  ...entry(key),
  what: "refused",
  reason,
  peerAddress: null,
});
const connected: TimelineEntry = { ...entry("c"), what: "connected", peerAddress: null };

const told = (entries: TimelineEntry[]) =>
  foldRefusals(entries).map((line) => ("one" in line ? line.one.key : line.refusals.map(({ key }) => key)));

test("refusals of one reason in a row are one line, whatever else is a line of its own", () => {
  const entries = [
    refused("5", "token_expired"),
    refused("4", "token_expired"),
    refused("3", "blocked"),
    connected,
    refused("2", "token_expired"),
    refused("1", "token_expired"),
    refused("0", "token_expired"),
  ];
  expect(told(entries)).toEqual([["5", "4"], "3", "c", ["2", "1", "0"]]);
});
