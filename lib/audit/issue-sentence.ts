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
    const said = words(asItArose(issue));
    return typeof said === "object" ? said?.message : said;
  },
});

// The same, with what was given (`reportInput`); zod's two types of it differ in how exactly that is typed.
const asItArose = (issue: core.$ZodIssue): core.$ZodRawIssue => issue as core.$ZodRawIssue;

function valuesOf(issue: core.$ZodIssue): Readonly<Record<string, SentenceValue>> {
  if (issue.code === "custom") return issue.params ?? {};
  if (issue.code === "too_small") return { minimum: Number(issue.minimum) };
  return issue.code === "too_big" ? { maximum: Number(issue.maximum) } : {};
}
