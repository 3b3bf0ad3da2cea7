import { describe, expect, it } from "vitest";
import { foldName } from "./person-words";

describe("foldName", () => {
  it("gives lower-case words without diacritics, each once, in the order of the name", () => {
    expect(foldName("Siti  RAHMA Zoë, siti")).toEqual(["siti", "rahma", "zoe"]);
  });
  it("splits at anything that is not a letter or digit", () => {
    expect(foldName("dr. Abdul-Aziz O'Neil 2")).toEqual(["dr", "abdul", "aziz", "o", "neil", "2"]);
  });
  it("gives nothing for a name without letters", () => {
    expect(foldName(" •• ")).toEqual([]);
  });
  it("keeps at most 8 words", () => {
    expect(foldName("a b c d e f g h i j")).toHaveLength(8);
  });
});
