import { z } from "zod";
import { conditionText } from "./expression-text";
import { sentenceOf, wordsOf } from "./default-rules";
import {
  NOTICE_EVENTS,
  RESOLUTIONS,
  SEVERITIES,
  unitOf,
  type NoticeEvent,
  type RuleCondition,
  type Unit,
} from "./schemas";
import { valueText } from "./value-text";

/** What a notice tells, kept as it was when it was written: a late delivery tells what was so, not what is. English. */
export const noticeContent = z.object({
  event: z.enum(NOTICE_EVENTS),
  alertId: z.string().nullable(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  rule: z.string(),
  label: z.string(),
  openedAt: z.string(),
  at: z.string(),
  /** What it says, e.g. `23 %`; null where there is no figure. */
  value: z.string().nullable(),
  condition: z.string(),
  runbook: z.string(),
  resolution: z.enum(RESOLUTIONS).nullable(),
  /** The alert's page; null when we do not know our own address. */
  url: z.string().nullable(),
});
export type NoticeContent = z.output<typeof noticeContent>;

/** A notice of an alert, from the rule that leads it. */
export function contentOf(of: {
  event: Exclude<NoticeEvent, "test">;
  alert: { id: string; label: string; severity: "page" | "warn"; openedAt: Date };
  rule: { id: string; name: string | null; runbook: string | null; condition: RuleCondition };
  value: number | null;
  resolution: NoticeContent["resolution"];
  at: Date;
  consoleUrl: string | null;
}): NoticeContent {
  const { alert, rule } = of;
  return {
    event: of.event,
    alertId: alert.id,
    title: sentenceOf(rule, alert.label),
    severity: alert.severity,
    rule: rule.id,
    label: alert.label,
    openedAt: alert.openedAt.toISOString(),
    at: of.at.toISOString(),
    value: figureText(of.value, unitOf(rule.condition.expression)),
    condition: conditionText(rule.condition),
    runbook: wordsOf(rule).runbook,
    resolution: of.resolution,
    url: of.consoleUrl && `${of.consoleUrl.replace(/\/$/, "")}/alerts/${alert.id}`,
  };
}

/** What *send a test* sends. */
export const testContent = (at: Date, channelName: string): NoticeContent => ({
  event: "test",
  alertId: null,
  title: `This is a test of the channel ${channelName}. Nothing is wrong.`,
  severity: "warn",
  rule: "test",
  label: "",
  openedAt: at.toISOString(),
  at: at.toISOString(),
  value: null,
  condition: "",
  runbook: "",
  resolution: null,
  url: null,
});

/** One line: what happened, to whom it matters. */
export function subjectOf(content: NoticeContent): string {
  if (content.event === "test") return content.title;
  const word = { opened: content.severity, reminded: `${content.severity}, still`, resolved: "resolved" }[
    content.event
  ];
  return `[${word}] ${content.title}`;
}

/** The whole notice as plain text. */
export const textOf = (content: NoticeContent): string =>
  [
    content.title,
    content.event === "resolved"
      ? `Resolved ${content.at}, open since ${content.openedAt}.`
      : `Since ${content.openedAt}.`,
    content.value && content.event !== "resolved" ? `It says ${content.value}.` : "",
    content.condition && `Rule: ${content.condition}`,
    content.runbook && content.event !== "resolved" ? `\n${content.runbook}` : "",
    content.url ?? "",
  ]
    .filter(Boolean)
    .join("\n");

const figureText = (value: number | null, unit: Unit): string | null =>
  value === null || unit === "truth" ? null : valueText(unit === "bytes" ? value : Number(value.toPrecision(3)), unit);
