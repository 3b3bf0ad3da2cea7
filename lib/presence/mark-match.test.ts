import { describe, expect, it } from "vitest";
import { markClientId, markName, markPhone } from "./mark-match";
import type { MarkedText } from "./search-schemas";

const NONE = { stage: "newest" } as const;
/** [marked], {masked}. */
const written = (text: MarkedText | null) =>
  text
    ?.map((part) => (part.as === "mark" ? `[${part.text}]` : part.as === "mask" ? `{${part.text}}` : part.text))
    .join("");

describe("what is shown of a found client", () => {
  it("of a phone number the first six and last two digits, and what was typed", () => {
    const number = "+6281234560017";
    expect(written(markPhone(number, NONE))).toBe("0812 34{••} {••}17");
    expect(written(markPhone(number, { stage: "phone", prefix: "+6281234" }))).toBe("[0812 34]{••} {••}17");
    expect(written(markPhone(number, { stage: "phone", prefix: "+628" }))).toBe("[08]12 34{••} {••}17");
    expect(written(markPhone(number, { stage: "phoneEnd", digits: "0017" }))).toBe("0812 34{••} [0017]");
    expect(markPhone(null, NONE)).toBeNull();
  });
  it("of a name the first word and an initial, and what was typed", () => {
    expect(written(markName("Siti Nur Rahma", NONE))).toBe("Siti R{••••}");
    expect(written(markName("Siti Nur Rahma", { stage: "name", words: ["si"] }))).toBe("[Si]ti R{••••}");
    expect(written(markName("Siti Nur Rahma", { stage: "name", words: ["rahm", "siti"] }))).toBe("[Siti] [Rahm]{••••}");
    expect(written(markName("Siti Nur Rahma", { stage: "name", words: ["nu"] }))).toBe("Siti [Nu]{••••} R{••••}");
    expect(written(markName("Siti Nur Rahma", { stage: "namePart", words: ["ahm"] }))).toBe("Siti R[ahm]{••••}");
    // What stands before the part is not shown with it.
    expect(written(markName("Siti Kusumawardhani", { stage: "namePart", words: ["wardha"] }))).toBe(
      "Siti K{••••}[wardha]{••••}",
    );
    expect(written(markName("Siti Nur Rahma", { stage: "nameSlip", words: ["rhma"] }))).toBe("Siti [Rahma]{••••}");
    expect(markName(" ", NONE)).toBeNull();
  });
  it("of a client identifier everything", () => {
    expect(written(markClientId("and-7f3k", { stage: "clientIdPrefix", text: "and" }))).toBe("[and]-7f3k");
    expect(written(markClientId("and-7f3k", NONE))).toBe("and-7f3k");
  });
});
