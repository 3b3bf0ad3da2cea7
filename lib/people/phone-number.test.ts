import { describe, expect, it } from "vitest";
import { toE164 } from "./phone-number";

describe("toE164", () => {
  it.each([
    ["+62812340017", "+62812340017"],
    ["0812 3400-17", "+62812340017"],
    ["+62 812-3400-0017", "+6281234000017"],
    ["62812340017", "+62812340017"],
    ["0062 812 340 017", "+62812340017"],
    ["(021) 555 1234", "+62215551234"],
    ["+1 (415) 555-2671", "+14155552671"],
    ["812340017", "+62812340017"],
  ])("%s is %s in Indonesia", (text, expected) => expect(toE164(text, "ID")).toBe(expected));

  it.each(["12", "abc", "", "+", "0812340017081234001708123400"])("%s is no number", (text) =>
    expect(toE164(text, "ID")).toBeNull(),
  );

  it("reads numbers without a country code as the region's", () => {
    expect(toE164("415 555 2671", "US")).toBe("+14155552671");
  });
});
