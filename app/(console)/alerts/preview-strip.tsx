"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { useFormat } from "@/components/ui/use-format";
import type { PreviewSpan, RuleCondition, RulePreview } from "@/lib/alerts/schemas";
import { previewQuery } from "@/lib/api-client/alert-desk";
import styles from "./alerts.module.css";

// Long enough not to read seven days at every letter, short enough to follow.
const SETTLE_MS = 500;

/** When the condition would have been open in the last seven days: red is open, hatched is not known. */
export function PreviewStrip({ condition }: { condition: RuleCondition }) {
  const t = useTranslations("alerts.preview");
  const settled = useSettled(condition);
  const { data, error, isFetching } = useQuery({ ...previewQuery(settled), placeholderData: keepPreviousData });
  return (
    <section aria-label={t("title")} aria-busy={isFetching}>
      <div className="lab">{t("title")}</div>
      {data ? (
        <Strip preview={data} />
      ) : (
        <p className={styles.quiet}>{error ? `${t("failed")}: ${error.message}` : t("wait")}</p>
      )}
    </section>
  );
}

function Strip({ preview }: { preview: RulePreview }) {
  const t = useTranslations("alerts.preview");
  const format = useFormat();
  const { from, to, spans } = preview;
  const place = (part: { from: number; to: number | null }) => ({
    left: `${((part.from - from) / (to - from)) * 100}%`,
    width: `${(((part.to ?? to) - part.from) / (to - from)) * 100}%`,
  });
  const days = Array.from({ length: 8 }, (_, day) => from + ((to - from) * day) / 7);
  const heldMs = spans.reduce((sum, span) => sum + (span.to ?? to) - span.from, 0);
  const about = (span: PreviewSpan) =>
    t("span", {
      label: span.label ? `${span.label}: ` : "",
      from: format.exact(span.from),
      to: span.to === null ? t("still") : format.clock(span.to, "minute"),
      duration: format.duration((span.to ?? to) - span.from),
    });
  return (
    <>
      <div className={styles.strip}>
        {preview.unknown.map((gap) => (
          <i key={gap.from} className={styles.unknown} style={place(gap)} />
        ))}
        {spans.map((span) => (
          <i key={`${span.label}${span.from}`} className={styles.held} style={place(span)} title={about(span)} />
        ))}
      </div>
      <div className={styles.axis} aria-hidden="true">
        {days.map((at) => (
          <span key={at}>{format.shortDay(at)}</span>
        ))}
      </div>
      <p>
        {spans.length === 0
          ? t(preview.unknown.length > 0 ? "noneKnown" : "none")
          : t("some", { count: spans.length + preview.leftOut, duration: format.duration(heldMs) })}
      </p>
      <p className={styles.quiet}>
        {t("step", { step: format.duration(preview.stepSeconds * 1_000) })}
        {preview.unknown.length > 0 ? ` · ${t("unknown")}` : null}
        {preview.leftOut > 0 ? ` · ${t("leftOut", { count: spans.length })}` : null}
      </p>
      <code className={styles.code}>{preview.text}</code>
    </>
  );
}

/** The value once it has stopped changing. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
