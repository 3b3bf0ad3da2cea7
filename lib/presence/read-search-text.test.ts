import { describe, expect, it } from "vitest";
import { readSearchText } from "./read-search-text";

const stages = (text: string) => readSearchText(text).map((reading) => reading.stage);
const phone = (text: string) => readSearchText(text).find((reading) => reading.stage === "phone");

describe("reading a search text", () => {
  it("nothing typed asks for the newest clients", () => {
    expect(stages("  ")).toEqual(["newest"]);
  });
  it("an identifier is tried whole before it is tried as a beginning or a name", () => {
    expect(stages("and-7f3k")).toEqual([
      "personId",
      "clientId",
      "clientIdPrefix",
      "personIdPrefix",
      "name",
      "namePart",
      "nameSlip",
    ]);
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
    expect(readSearchText("Sití Ra")[0]).toEqual({ stage: "name", words: ["siti", "ra"] });
    expect(stages("S")).toEqual(["personId", "clientId", "name", "namePart", "nameSlip"]);
  });
  it("digits that do not begin as a number does are its last before they are its first", () => {
    const order = (text: string) => stages(text).filter((stage) => stage.startsWith("phone"));
    expect(order("8123")).toEqual(["phoneEnd", "phone"]);
    expect(order("0812")).toEqual(["phone", "phoneEnd"]);
    expect(order("+62 812")).toEqual(["phone", "phoneEnd"]);
  });
});
