import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endingForm, isOneSlip, slipForms, wordForms } from "./word-forms";

const word = fc.string({ unit: fc.constantFrom(..."abcdé"), minLength: 4, maxLength: 9 });

describe("the forms of a word", () => {
  it("hold every part of four letters or more as the beginning of an ending", () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.nat(), (given, from, length) => {
        const letters = [...given];
        const start = 1 + (from % Math.max(1, letters.length - 4));
        const part = letters.slice(start, start + 4 + (length % 5)).join("");
        const form = endingForm(part);
        fc.pre(form !== null && letters.length - start >= 4);
        expect(wordForms(given).some((one) => one.startsWith(form ?? ""))).toBe(true);
      }),
    );
  });

  it("meet those of every word one slip away", () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom("drop", "add", "other", "swap"), (given, at, slip) => {
        const letters = [...given];
        const n = at % letters.length;
        const typed =
          slip === "drop"
            ? letters.toSpliced(n, 1)
            : slip === "add"
              ? letters.toSpliced(n, 0, "x")
              : slip === "other"
                ? letters.toSpliced(n, 1, "x")
                : [...letters.slice(0, n), ...letters.slice(n, n + 2).toReversed(), ...letters.slice(n + 2)];
        const text = typed.join("");
        fc.pre(text !== given && typed.length >= 4);
        expect(isOneSlip(text, given)).toBe(true);
        const forms = new Set(wordForms(given));
        expect(slipForms(text).some((form) => forms.has(form))).toBe(true);
      }),
    );
  });

  it("are not looked for in short words", () => {
    expect(endingForm("iti")).toBeNull();
    expect(slipForms("siv")).toEqual([]);
    expect(wordForms("ani")).toEqual(["ani"]);
  });
});

describe("isOneSlip", () => {
  it.each([
    ["rahma", "rahma", false],
    ["rahmaa", "rahma", true],
    ["rhama", "rahma", true],
    ["ramha", "rahma", true],
    ["rehme", "rahma", false],
    ["rahm", "rahmat", false],
  ])("%s for %s: %s", (typed, given, is) => {
    expect(isOneSlip(typed, given)).toBe(is);
  });
});
