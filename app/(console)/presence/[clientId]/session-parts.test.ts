import { describe, expect, it } from "vitest";
import type { EndedSession, PresenceFacts } from "@/lib/presence/schemas";
import { onlineMs, sessionParts } from "./session-parts";

const HOUR = 3_600_000;
const at = (hour: number) => Date.UTC(2026, 10, 20, hour);
const iso = (hour: number) => new Date(at(hour)).toISOString();
const session = (from: number, to: number, ending: EndedSession["ending"] = "queued"): EndedSession => ({
  node: "sub-1",
  startedAt: iso(from),
  endedAt: iso(to),
  ending,
  reason: null,
  endedBy: null,
});
const presence = (state: PresenceFacts["state"], startedAt: number, since = startedAt): PresenceFacts => ({
  state,
  since: iso(since),
  startedAt: iso(startedAt),
  node: "sub-1",
  nodeState: state === "unknown" ? "silent" : "up",
  nodeStateSince: iso(since),
  proofKind: "hook",
  proofAt: iso(since),
  peerAddress: null,
  peerPort: null,
  doubtedSince: null,
  detail: null,
  reason: null,
  endsAt: null,
});

describe("the strip of a client", () => {
  it("is online, queued until the next session, then online until now", () => {
    expect(sessionParts([session(1, 3)], presence("online", 5), at(8))).toEqual([
      { state: "online", from: at(1), to: at(3) },
      { state: "offline_queued", from: at(3), to: at(5) },
      { state: "online", from: at(5), to: at(8) },
    ]);
  });
  it("draws nothing where no session was kept, and no gap at a take-over", () => {
    const parts = sessionParts([session(1, 3, "gone"), session(4, 5, "taken_over")], presence("online", 5), at(6));
    expect(parts.map((part) => part.state)).toEqual(["online", "online", "online"]);
  });
  it("is queued until now after a persistent session ended, and nothing after a clean one", () => {
    expect(sessionParts([session(1, 3)], presence("offline_queued", 1, 3), at(8)).at(-1)).toEqual({
      state: "offline_queued",
      from: at(3),
      to: at(8),
    });
    expect(sessionParts([session(1, 3, "gone")], presence("offline_gone", 1, 3), at(8))).toHaveLength(1);
  });
  it("is unknown from when its node fell silent", () => {
    expect(sessionParts([], presence("unknown", 2, 6), at(8))).toEqual([
      { state: "online", from: at(2), to: at(6) },
      { state: "unknown", from: at(6), to: at(8) },
    ]);
  });
  it("counts the time online inside a range only", () => {
    expect(onlineMs(sessionParts([session(1, 3)], presence("online", 5), at(8)), at(2), at(6))).toBe(2 * HOUR);
  });
});
