import type { core } from "zod";
import type { Sentence, SentenceValue } from "@/lib/sentence";

/**
 * What zod found wrong, as a sentence. A message of a schema's own is a template: it names the issue's `params`, or the `minimum` or
 * `maximum` of its check.
 */
export const issueSentence = (issue: core.$ZodIssue): Sentence => ({
  template: issue.message,
  values: valuesOf(issue),
  byZod: (words) => {
    const said = words({ ...issue, input: issue.input });
    return typeof said === "object" ? said?.message : said;
  },
});

function valuesOf(issue: core.$ZodIssue): Readonly<Record<string, SentenceValue>> {
  if (issue.code === "custom") return issue.params ?? {};
  if (issue.code === "too_small") return { minimum: Number(issue.minimum) };
  return issue.code === "too_big" ? { maximum: Number(issue.maximum) } : {};
}
