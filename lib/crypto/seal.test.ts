import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { resealBytes, seal, unseal } from "./seal";

const key = randomBytes(32);

test("a sealed secret opens with its key, for what it belongs to, and unchanged only", () => {
  const sealed = seal("whsec_ä", { key, about: "row-1" });
  expect(unseal(sealed, { keys: [key], about: "row-1" })).toBe("whsec_ä");
  expect(() => unseal(sealed, { keys: [randomBytes(32)], about: "row-1" })).toThrow();
  expect(() => unseal(sealed, { keys: [key], about: "row-2" })).toThrow();
  expect(() =>
    unseal(
      sealed.map((byte, at) => (at === sealed.length - 1 ? byte ^ 1 : byte)),
      { keys: [key], about: "row-1" },
    ),
  ).toThrow();
});

test("the same secret is sealed differently each time", () => {
  expect(seal("x", { key, about: "a" })).not.toEqual(seal("x", { key, about: "a" }));
});

test("one key takes the place of another: both open, what is sealed anew opens with the new one alone", () => {
  const [next, about] = [randomBytes(32), "row-1"];
  const old = seal("kept", { key, about });
  expect(unseal(old, { keys: [next, key], about })).toBe("kept");
  const again = resealBytes(old, { keys: [next, key], about });
  expect(again && unseal(again, { keys: [next], about })).toBe("kept");
  expect(again && resealBytes(again, { keys: [next, key], about })).toBeNull();
  expect(() => resealBytes(old, { keys: [next], about })).toThrow();
  expect(() => resealBytes(old, { keys: [next, key], about: "row-2" })).toThrow();
});
