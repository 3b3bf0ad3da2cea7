import { describe, expect, test } from "vitest";
import { ownWordsOf, passwordStrength } from "./password-strength";

const owner = ownWordsOf({ email: "rani.wijaya@test.local", name: "Rani Wijaya" });

describe("a password is refused", () => {
  test.each([
    ["1qaz2wsx3edc", "leaked"],
    ["liverpoolfc12", "leaked"],
    ["password123456", "leaked"],
    ["P@ssw0rd2024!", "leaked"],
    ["my dog is called Rani", "own"],
    ["LiveConnect at night", "own"],
    ["rani.wijaya 2026 x", "own"],
    ["aaaaaaaaaaaaaaaa", "repeated"],
    ["abcdefghijkl", "sequence"],
    ["sdfghjkl;'zx", "keyboard"],
    ["indonesia1945", "simple"],
  ] as const)("%s, because it is %s", (password, weakness) => {
    const strength = passwordStrength(password, owner);
    expect(strength).toMatchObject({ weakness });
    expect(strength.score).toBeLessThan(3);
  });
});

test.each(["seven lamps by the sea", "kucing-hitam-lari", "walnut-harbour-91", "x9$Lq2!vTe7@"])(
  "%s is taken, without rules of which characters it is made",
  (password) => expect(passwordStrength(password, owner)).toMatchObject({ weakness: null, score: 4 }),
);

test("the longest that may be set is judged in bounded time, whatever it is made of", () => {
  for (const part of ["p@55w0rd", "l1!|i", "20240101-", "qwerty"]) {
    const began = performance.now();
    passwordStrength(part.repeat(30).slice(0, 128), owner);
    // 160 ms measured; the bound is against what grows with its square.
    expect(performance.now() - began).toBeLessThan(5_000);
  }
});
