import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldName, PAIR_ONLY, personWordRows } from "./person-words";

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
  it("folds a name the same whether or not other letters stand beside it", () => {
    const ascii = fc.string({ unit: fc.constantFrom(..."abcXYZ019 .-'_@"), maxLength: 60 });
    fc.assert(fc.property(ascii, (name) => void expect(foldName(name)).toEqual(foldName(`${name} \u0301`))));
  });
  it("keeps at most 6 words", () => {
    expect(foldName("a b c d e f g h i j")).toHaveLength(6);
  });
});

describe("personWordRows", () => {
  it("gives a single word as it is, and nothing for no name", () => {
    expect(personWordRows(["siti"])).toEqual(["siti"]);
    expect(personWordRows([])).toEqual([]);
  });
  it("begins one row with every ordered pair of words, and holds the whole name in each", () => {
    const words = ["siti", "nur", "rahma", "dewi"];
    const rows = personWordRows(words);
    expect(rows).toHaveLength(12);
    for (const first of words)
      for (const second of words.filter((word) => word !== first))
        expect(rows.filter((row) => row.replace(PAIR_ONLY, "").startsWith(`${first} ${second} `))).toHaveLength(1);
    for (const row of rows) expect(row.replace(PAIR_ONLY, "").split(" ").toSorted()).toEqual(words.toSorted());
  });
  it("begins one row a word without the mark of pairs, so that one word meets a person once", () => {
    const single = personWordRows(["siti", "nur", "rahma"]).filter((row) => !row.startsWith(PAIR_ONLY));
    expect(single).toEqual(["siti nur rahma", "nur rahma siti", "rahma siti nur"]);
  });
});
