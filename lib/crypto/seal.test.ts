import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { seal, unseal } from "./seal";

const key = randomBytes(32);

test("a sealed secret opens with its key, for what it belongs to, and unchanged only", () => {
  const sealed = seal("whsec_ä", { key, about: "row-1" });
  expect(unseal(sealed, { key, about: "row-1" })).toBe("whsec_ä");
  expect(() => unseal(sealed, { key: randomBytes(32), about: "row-1" })).toThrow();
  expect(() => unseal(sealed, { key, about: "row-2" })).toThrow();
  expect(() =>
    unseal(
      sealed.map((byte, at) => (at === sealed.length - 1 ? byte ^ 1 : byte)),
      { key, about: "row-1" },
    ),
  ).toThrow();
});

test("the same secret is sealed differently each time", () => {
  expect(seal("x", { key, about: "a" })).not.toEqual(seal("x", { key, about: "a" }));
});
