import { expect, test } from "vitest";
import { ownerOf } from "./fleet";
import { PROFILES, profileOf } from "./profiles";
import { seededRandom } from "./random";
import { UPLOAD_HABITS } from "./upload-habits";

test("phones that share a client identifier are pairs of one person; other phones have a person each", () => {
  const owner = (index: number) => ownerOf({ profile: "shared-client-id", seed: 1, index });
  expect(owner(1)).toEqual(owner(0));
  expect(owner(2)).not.toEqual(owner(1));
  expect(ownerOf({ profile: "day", seed: 1, index: 1 })).not.toEqual(ownerOf({ profile: "day", seed: 1, index: 0 }));
});

test("bad credentials are never good, expired tokens are half too old and half run out", () => {
  const random = seededRandom("habits");
  expect(PROFILES["bad-credentials"].tokenHabit()).toMatchObject({ faults: ["wrong-signature", "wrong-audience"] });
  const kinds = Array.from({ length: 1_000 }, () => PROFILES["expired-token"].tokenHabit(random).kind);
  expect(kinds.filter((kind) => kind === "faulty").length).toBeGreaterThan(400);
  expect(kinds.filter((kind) => kind === "runs-out").length).toBeGreaterThan(400);
});

test("asked for logs, phones have every habit, most of them the usual one", () => {
  const random = seededRandom("habits");
  const habits = Array.from({ length: 1_000 }, () => profileOf("log-requests").uploadHabit(random));
  expect(new Set(habits)).toEqual(new Set(UPLOAD_HABITS));
  expect(habits.filter((habit) => habit === "usual").length).toBeGreaterThan(300);
});
