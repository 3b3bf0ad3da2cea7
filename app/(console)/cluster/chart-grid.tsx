"use client";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { ChartCursor } from "@/components/charts/cursor";
import { LineChart } from "@/components/charts/line-chart";
import type { ChartMark } from "@/components/charts/marks";
import type { TimeSpan } from "@/components/charts/lines";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/use-format";
import type { Series } from "@/lib/cluster/schemas";
import { CHART_PLANS, type ChartPlan } from "./chart-plans";
import styles from "./cluster.module.css";
import { drawChart } from "./draw-chart";
import type { ClusterView } from "./use-cluster-view";

/** Charts under one cursor: hue and dash are a node, ink is a sum, hatched is what nobody said. */
export function ChartGrid({
  series,
  marks,
  view,
  failed,
}: {
  series: Series;
  marks: readonly ChartMark[];
  view: ClusterView;
  /** Why what is drawn could not be brought up to date. */
  failed: Error | null;
}) {
  const t = useTranslations("cluster");
  const isOfSubscriber = series.nodes.some(
    ({ name, role }) => role === "subscriber" && (view.only === null || name === view.only),
  );
  const plans = CHART_PLANS.filter((plan) => plan.nodes === "all" || isOfSubscriber);
  const unnamed = useMemo(() => marks.map(({ at, kind }) => ({ at, kind })), [marks]);
  return (
    <>
      <section className={styles.charts} aria-label={t("charts.label")}>
        <ChartCursor>
          {plans.map((plan, place) => (
            <Chart key={plan.name} plan={plan} series={series} marks={place === 0 ? marks : unnamed} view={view} />
          ))}
        </ChartCursor>
      </section>
      <Keys series={series} marks={marks} failed={failed} />
    </>
  );
}

function Keys({ series, marks, failed }: { series: Series; marks: readonly ChartMark[]; failed: Error | null }) {
  const t = useTranslations("cluster");
  return (
    <div className={styles.keys}>
      {marks.some((mark) => mark.kind === "incident") ? (
        <span className="key">
          <i className={styles.incidentLine} />
          {t("key.incident")}
        </span>
      ) : null}
      {marks.some((mark) => mark.kind === "deploy") ? (
        <span className="key">
          <i className={styles.markLine} />
          {t("key.mark")}
        </span>
      ) : null}
      {series.gaps.some((gap) => gap.node !== null) ? (
        <span className="key">
          <i className="sw-h" />
          {t("key.node")}
        </span>
      ) : null}
      {series.gaps.some((gap) => gap.node === null) ? (
        <span className="key">
          <i className={styles.unwatched} />
          {t("key.unwatched")}
        </span>
      ) : null}
      {series.comparison ? <span className="key">{t(`key.${series.comparison.with}`)}</span> : null}
      {failed ? (
        <span className={`key sp ${styles.failed}`} role="alert">
          {t("stale", { reason: failed.message })}
        </span>
      ) : (
        <span className="key sp t3">{t("key.ink")}</span>
      )}
    </div>
  );
}

function Chart({
  plan,
  series,
  marks,
  view,
}: {
  plan: ChartPlan;
  series: Series;
  marks: readonly ChartMark[];
  view: ClusterView;
}) {
  const t = useTranslations("cluster.charts");
  const format = useFormatOf(plan.format);
  const { by, only } = view;
  const drawn = useMemo(() => drawChart(plan, series, { by, only }), [plan, series, by, only]);
  const [asked, setAsked] = useState<TimeSpan | null>(null);
  const title = t(plan.name);
  const from = series.at[0] ?? 0;
  const to = series.at.at(-1) ?? from + 1;
  const isPerNode = typeof plan.draws === "string" && by === "node";
  const quiet = drawn.lines.filter((line) => line.quiet).length;
  const unitWords = (): string => {
    if (only !== null)
      return plan.unit === "perSecond" || plan.unit === "perMinute"
        ? t(plan.unit)
        : t(`ofOne.${plan.unit}`, { node: only });
    return typeof plan.draws === "string" && by === "sum"
      ? t(plan.name === "load" ? "mean" : "allNodes")
      : t(plan.unit);
  };
  const { wave } = plan;
  const ofWave = wave && view.wave?.kind === wave ? view.wave : null;
  return (
    <div className={styles.chart}>
      <div className={styles.head}>
        <h2>
          {title}
          <small>{unitWords()}</small>
        </h2>
        {wave ? (
          <Button
            kind="ghost"
            size="small"
            icon="people"
            aria-label={t("explain")}
            title={t("explain")}
            onClick={() => view.explain(wave, lastDay(asked ?? { from, to }))}
          >
            {t("explainShort")}
          </Button>
        ) : null}
      </div>
      <LineChart
        label={title}
        series={drawn.lines.map((line) => ({
          ...line,
          name: t.has(line.key as "sum") ? t(line.key as "sum") : line.key,
        }))}
        rows={drawn.rows}
        from={from}
        to={to}
        gaps={drawn.gaps}
        marks={marks}
        zero={plan.name !== "clients"}
        {...(format ? { format, axis: format } : {})}
        {...(quiet > 0 ? { rest: t("rest", { count: quiet }) } : {})}
        {...(isPerNode ? { onPick: (node: string) => view.isolate(node === only ? null : node), picked: only } : {})}
        onSpan={wave ? setAsked : view.zoom}
        span={asked ?? ofWave}
      />
      {wave && asked ? (
        <div className={styles.offer}>
          <Button kind="primary" size="small" onClick={() => (view.explain(wave, lastDay(asked)), setAsked(null))}>
            {t("explain")}
          </Button>
          <Button size="small" onClick={() => (view.zoom(asked), setAsked(null))}>
            {t("zoom")}
          </Button>
          <Button kind="ghost" size="small" icon="close" aria-label={t("unselect")} onClick={() => setAsked(null)} />
        </div>
      ) : null}
    </div>
  );
}

const DAY_MS = 86_400_000;

/** At most the last day of a stretch: the lens looks at no more. */
const lastDay = ({ from, to }: TimeSpan): TimeSpan => ({ from: Math.max(from, to - DAY_MS), to });

function useFormatOf(format: ChartPlan["format"]): ((value: number) => string) | undefined {
  const { bytes, count } = useFormat();
  if (format === "bytes") return bytes;
  return format === "percent" ? (value) => `${count(value)} %` : undefined;
}
