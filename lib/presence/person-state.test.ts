import { expect, it } from "vitest";
import { bestState } from "./person-state";

it("a person is online when any client is, and unknown rather than offline when any may be online", () => {
  expect(bestState(["offline_gone", "online", "unknown"])).toBe("online");
  expect(bestState(["offline_queued", "unknown"])).toBe("unknown");
  expect(bestState(["offline_gone", "offline_queued"])).toBe("offline_queued");
  expect(bestState([])).toBeNull();
});
