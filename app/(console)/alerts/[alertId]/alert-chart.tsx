"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { LineChart } from "@/components/charts/line-chart";
import { INK, nodeTone, SECOND_INK } from "@/components/charts/tones";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { AlertChart as ChartValues } from "@/lib/alerts/schemas";
import { alertChartQuery } from "@/lib/api-client/alert-desk";
import styles from "../alerts.module.css";
import { useAlertWords } from "../use-alert-words";

/** What the alert's rule saw around the moment it opened, with the threshold as a line of its own. */
export default function AlertChart({ alertId }: { alertId: string }) {
  const t = useTranslations("alerts.one");
  const { data, error } = useQuery(alertChartQuery(alertId));
  if (!data)
    return (
      <div className={styles.chart}>
        {error ? `${t("chartFailed")}: ${error.message}` : <SkeletonRows rows={5} label={t("chart")} />}
      </div>
    );
  const isKnown = data.lines.some((line) => line.values.some((value) => value !== null));
  return (
    <div className={styles.chart}>{isKnown ? <Drawn chart={data} /> : <p className="t2">{t("chartNone")}</p>}</div>
  );
}

function Drawn({ chart }: { chart: ChartValues }) {
  const t = useTranslations("alerts.one");
  const words = useAlertWords();
  const rows = useMemo(
    () =>
      chart.at.map((at, index) => ({
        at,
        values: {
          ...(chart.threshold === null ? {} : { threshold: chart.threshold }),
          ...Object.fromEntries(chart.lines.map((line) => [`v:${line.label}`, line.values[index] ?? null])),
        },
      })),
    [chart],
  );
  const read = (value: number): string => words.value(value, chart.unit);
  const marks = [
    { at: Date.parse(chart.openedAt), kind: "incident" as const, name: t("opened") },
    ...(chart.resolvedAt ? [{ at: Date.parse(chart.resolvedAt), kind: "deploy" as const, name: t("ended") }] : []),
  ].filter((mark) => mark.at >= chart.from && mark.at <= chart.to);
  return (
    <>
      <LineChart
        label={t("chart")}
        rows={rows}
        from={chart.from}
        to={chart.to}
        marks={marks}
        format={read}
        {...(chart.unit === "perSecond" ? {} : { axis: read })}
        height={160}
        zero
        series={[
          ...chart.lines.map((line, index) => ({
            key: `v:${line.label}`,
            name: line.label || t("chart"),
            tone: chart.lines.length === 1 ? INK : nodeTone(index),
          })),
          ...(chart.threshold === null ? [] : [{ key: "threshold", name: t("threshold"), tone: SECOND_INK }]),
        ]}
      />
      <p className={styles.quiet}>
        {chart.threshold === null || chart.clearThreshold === null
          ? t("chartConnections")
          : t("chartStep", { threshold: read(chart.threshold), clear: read(chart.clearThreshold) })}
      </p>
    </>
  );
}
