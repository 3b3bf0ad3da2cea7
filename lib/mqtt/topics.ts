import { z } from "zod";
import { canBeKept } from "@/lib/format/kept-text";
import { written } from "@/lib/sentence";

// [MQTT-1.5.3-1] at most 65 535 bytes of UTF-8; [MQTT-1.5.3-2] no U+0000.
const MAX_TOPIC_BYTES = 65_535;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Why a text is no topic name (what a message is published to), or null when it is one. */
export function topicNameProblem(text: string): string | null {
  if (text.length === 0) return written("A topic name has at least one character"); // [MQTT-4.7.3-1]
  if (text.includes("\u0000")) return written("A topic name has no null character"); // [MQTT-4.7.3-2]
  if (/[+#]/.test(text)) return written("A topic name has no wildcards: + and # belong in topic filters"); // [MQTT-3.3.2-2]
  if (bytesOf(text) > MAX_TOPIC_BYTES) return written("A topic name has at most 65 535 bytes"); // [MQTT-4.7.3-3]
  return null;
}

/** Why a text is no topic filter (what a client subscribes with), or null when it is one. */
export function topicFilterProblem(text: string): string | null {
  if (text.length === 0) return written("A topic filter has at least one character");
  // [MQTT-4.7.3-2], [MQTT-1.5.4-1]
  if (!canBeKept(text)) return written("A topic filter is well-formed Unicode without a null character");
  if (bytesOf(text) > MAX_TOPIC_BYTES) return written("A topic filter has at most 65 535 bytes");
  const levels = text.split("/");
  for (const [index, level] of levels.entries()) {
    // [MQTT-4.7.1-2]
    if (level.includes("#") && (level !== "#" || index !== levels.length - 1))
      return written("# stands alone, as the last level of a topic filter");
    if (level.includes("+") && level !== "+") return written("+ stands alone in its level of a topic filter"); // [MQTT-4.7.1-3]
  }
  return null;
}

const refine =
  (problem: (text: string) => string | null) =>
  (text: string, context: z.RefinementCtx): void => {
    const message = problem(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  };

export const topicNameSchema = z.string().superRefine(refine(topicNameProblem));
export const topicFilterSchema = z.string().superRefine(refine(topicFilterProblem));

/** Does a topic name match a topic filter? MQTT 3.1.1 §4.7; `$`-topics are not matched by a leading wildcard [MQTT-4.7.2-1]. */
export function filterMatchesName(topicFilter: string, topicName: string): boolean {
  return filterCoversFilter(topicFilter, topicName);
}

/**
 * Does every topic name that `inner` matches also match `outer`? So a subscription `inner` is allowed by a rule `outer`.
 * A topic name is its own filter, so this serves names too.
 */
export function filterCoversFilter(outer: string, inner: string): boolean {
  if (inner.startsWith("$") && /^[+#]/.test(outer)) return false;
  const outerLevels = outer.split("/");
  const innerLevels = inner.split("/");
  for (const [index, level] of outerLevels.entries()) {
    if (level === "#") return true;
    const other = innerLevels[index];
    if (other === undefined || other === "#") return false;
    if (level !== "+" && level !== other) return false;
  }
  return outerLevels.length === innerLevels.length;
}
