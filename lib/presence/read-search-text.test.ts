import { describe, expect, it } from "vitest";
import { readSearchText } from "./read-search-text";

const stages = (text: string) => readSearchText(text).map((reading) => reading.stage);
const phone = (text: string) => readSearchText(text).find((reading) => reading.stage === "phone");

describe("reading a search text", () => {
  it("nothing typed asks for the newest clients", () => {
    expect(stages("  ")).toEqual(["newest"]);
  });
  it("an identifier is tried whole before it is tried as a beginning or a name", () => {
    expect(stages("and-7f3k")).toEqual(["clientId", "personId", "clientIdPrefix", "personIdPrefix", "name"]);
  });
  it.each(["0812 34", "+62 812-34", "62812 34", "(0812) 34", "812 34"])("%s begins the number +6281234", (text) => {
    expect(phone(text)).toEqual({ stage: "phone", prefix: "+6281234" });
  });
  it("keeps the country of a number that says it", () => {
    expect(phone("+65 9123")).toEqual({ stage: "phone", prefix: "+659123" });
  });
  it("three digits may be the end of a number, two are nothing", () => {
    expect(readSearchText("417")).toContainEqual({ stage: "phoneEnd", digits: "417" });
    expect(stages("17")).not.toContain("phoneEnd");
  });
  it("words are folded, and one letter is a beginning of a name only", () => {
    expect(readSearchText("Sití Ra")).toEqual([{ stage: "name", words: ["siti", "ra"] }]);
    expect(stages("S")).toEqual(["clientId", "personId", "name"]);
  });
});
