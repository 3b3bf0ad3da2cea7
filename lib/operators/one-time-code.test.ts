import { Secret } from "otpauth";
import { expect, test } from "vitest";
import { hashRecoveryCode, makeRecoveryCodes, makeSecret, stepOfCode } from "./one-time-code";

// RFC 6238, Appendix B, SHA-1: the last six of its eight digits.
const RFC = Secret.fromUTF8("12345678901234567890").base32;

test.each([
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_234_567_890, "005924"],
  [20_000_000_000, "353130"],
])("the code of the specification's time %i s is of that step", (seconds, code) => {
  const step = Math.floor(seconds / 30);
  expect(stepOfCode(code, { secret: RFC, now: new Date(seconds * 1_000) })).toBe(step);
  expect(stepOfCode(code, { secret: RFC, now: new Date((seconds + 30) * 1_000) })).toBe(step);
  expect(stepOfCode(code, { secret: RFC, now: new Date((seconds + 60) * 1_000) })).toBeNull();
});

test("a secret has 160 bits, and a recovery code 80 in fours that are easy to type", () => {
  expect(Secret.fromBase32(makeSecret()).bytes).toHaveLength(20);
  for (const code of makeRecoveryCodes()) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
});

test("the same recovery code of two second factors is kept as two hashes", () => {
  expect(hashRecoveryCode("abcd", "a")).not.toEqual(hashRecoveryCode("abcd", "b"));
});
