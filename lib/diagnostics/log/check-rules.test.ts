import { expect, test } from "vitest";
import { checkRedactionRules } from "./check-rules";
import { redactionRules } from "./redaction-rules";

const rulesOf = (own: unknown) => redactionRules({ LOG_REDACTION: JSON.stringify(own) });

test("the rules that are always there, and a team's good ones, are accepted", async () => {
  await checkRedactionRules(redactionRules({}));
  await checkRedactionRules(
    rulesOf({ names: { medical: ["rx_?code", "a\\(b", "[(]x"] }, values: { identity: ["\\b([0-9]{4} ?){4}\\b"] } }),
  );
});

test.each([
  [
    { names: { token: ["x_(key"] } },
    /LOG_REDACTION, names\.token: "x_\(key" is no regular expression of RE2: missing \)/,
  ],
  [{ values: { other: ["(?=x)y"] } }, /values\.other: .*is no regular expression of RE2/],
  [{ names: { token: ["x_(key|id)"] } }, /names\.token: .*has a group that captures/],
  [{ values: { other: ["[0-9]*"] } }, /values\.other: .*matches an empty text/],
])("a rule that cannot work is named with what is wrong: %j", async (own, message) => {
  await expect(checkRedactionRules(rulesOf(own))).rejects.toThrow(message);
});
