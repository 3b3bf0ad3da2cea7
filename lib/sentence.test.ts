import { expect, it } from "vitest";
import { AppError } from "./errors";
import { inEnglish, sentence } from "./sentence";

it("the values of a sentence are those that its template names, by type", () => {
  expect(inEnglish(sentence("There is no rule {id}.", { id: "r-1" }))).toBe("There is no rule r-1.");
  // @ts-expect-error: another name
  sentence("There is no rule {id}.", { ruleId: "r-1" });
  // @ts-expect-error: one missing
  sentence("There is no rule {id}.");
});

it("an error takes no text that came from elsewhere, by type", () => {
  const text: string = ["a", "text"].join(" ");
  // @ts-expect-error: it could not be translated
  expect(new AppError("CONFLICT", text).message).toBe("a text");
});
