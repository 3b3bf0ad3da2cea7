"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { ChartCursor } from "@/components/charts/cursor";
import { LineChart, type ChartRow } from "@/components/charts/line-chart";
import { INK, nodeTone, SECOND_INK } from "@/components/charts/tones";
import { useFormat } from "@/components/ui/use-format";
import type { Series, SeriesMetric } from "@/lib/cluster/schemas";
import { gapsOf, rowsPerNode, rowsSummed } from "./chart-rows";
import styles from "./cluster.module.css";

type Read = (metric: SeriesMetric) => number | null;
const rate = (metric: SeriesMetric) => (read: Read) => read(metric);
const perMinute = (metric: SeriesMetric) => (read: Read) => {
  const value = read(metric);
  return value === null ? null : value * 60;
};
/** Sessions are connected ones and kept ones; the difference waits offline. */
const waiting = (read: Read) => {
  const [sessions, connections] = [read("sessions"), read("connections")];
  return sessions === null || connections === null ? null : Math.max(0, sessions - connections);
};

type ChartName = "clients" | "turnover" | "messages" | "bytes" | "dropped" | "waiting" | "refused" | "load" | "memory";
type LineName =
  "connects" | "endings" | "in" | "out" | "queueFull" | "expired" | "waitingLine" | "refusedLine" | "hookErrors";
type UnitName = "perNode" | "perSecond" | "perMinute" | "allNodes" | "loadUnit" | "memoryUnit";

interface ChartPlan {
  name: ChartName;
  unit: UnitName;
  nodes: "subscribers" | "all";
  format?: "bytes" | "percent";
  /** One line a node of this metric, or one or two sums in ink. */
  draws: SeriesMetric | readonly { key: LineName; of: (read: Read) => number | null }[];
}

const PLANS: readonly ChartPlan[] = [
  { name: "clients", unit: "perNode", nodes: "subscribers", draws: "connections" },
  {
    name: "turnover",
    unit: "perSecond",
    nodes: "subscribers",
    draws: [
      { key: "connects", of: rate("connects_received") },
      { key: "endings", of: rate("sockets_closed") },
    ],
  },
  {
    name: "messages",
    unit: "perSecond",
    nodes: "all",
    draws: [
      { key: "in", of: rate("publishes_received") },
      { key: "out", of: rate("publishes_sent") },
    ],
  },
  {
    name: "bytes",
    unit: "perSecond",
    nodes: "all",
    format: "bytes",
    draws: [
      { key: "in", of: rate("bytes_received") },
      { key: "out", of: rate("bytes_sent") },
    ],
  },
  {
    name: "dropped",
    unit: "perMinute",
    nodes: "all",
    draws: [
      { key: "queueFull", of: perMinute("queue_dropped") },
      { key: "expired", of: perMinute("queue_expired") },
    ],
  },
  { name: "waiting", unit: "allNodes", nodes: "subscribers", draws: [{ key: "waitingLine", of: waiting }] },
  {
    name: "refused",
    unit: "perMinute",
    nodes: "subscribers",
    draws: [
      { key: "refusedLine", of: perMinute("connects_refused") },
      { key: "hookErrors", of: perMinute("hook_presence_errors") },
    ],
  },
  { name: "load", unit: "loadUnit", nodes: "all", format: "percent", draws: "scheduler_utilization" },
  { name: "memory", unit: "memoryUnit", nodes: "all", format: "bytes", draws: "vm_memory_bytes" },
];

/** Nine charts under one cursor: hue and dash are a node, ink is a sum, hatched is what nobody said. */
export function ChartGrid({ series }: { series: Series }) {
  const t = useTranslations("cluster");
  return (
    <>
      <section className={styles.charts} aria-label={t("charts.label")}>
        <ChartCursor>
          {PLANS.map((plan) => (
            <Chart key={plan.name} plan={plan} series={series} />
          ))}
        </ChartCursor>
      </section>
      <div className={styles.keys}>
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
      </div>
    </>
  );
}

function Chart({ plan, series }: { plan: ChartPlan; series: Series }) {
  const t = useTranslations("cluster.charts");
  const format = useFormatOf(plan.format);
  const drawn = useMemo(() => draw(plan, series), [plan, series]);
  const title = t(plan.name);
  const from = series.at[0] ?? 0;
  return (
    <div className={styles.chart}>
      <h2>
        {title}
        <small>{t(plan.unit)}</small>
      </h2>
      <LineChart
        label={title}
        series={drawn.lines.map(({ key, name, tone }) => ({ key, tone, name: name ? t(name) : key }))}
        rows={drawn.rows}
        from={from}
        to={series.at.at(-1) ?? from + 1}
        gaps={drawn.gaps}
        zero={plan.name !== "clients"}
        {...(format ? { format } : {})}
      />
    </div>
  );
}

function useFormatOf(format: ChartPlan["format"]): ((value: number) => string) | undefined {
  const { bytes, count } = useFormat();
  if (format === "bytes") return bytes;
  return format === "percent" ? (value) => `${count(value)} %` : undefined;
}

function draw(plan: ChartPlan, series: Series) {
  const nodes = series.nodes
    .filter((node) => plan.nodes === "all" || node.role === "subscriber")
    .map((node) => node.name);
  const gaps = gapsOf(series, nodes);
  const { draws } = plan;
  if (typeof draws === "string") {
    const lines = nodes.map((node, index) => ({ key: node, name: null, tone: nodeTone(index) }));
    return { gaps, lines, rows: rowsPerNode(series, draws, nodes) };
  }
  const rows: ChartRow[] = rowsSummed(series, draws, nodes);
  const lines = draws.map(({ key }, index) => ({ key, name: key, tone: index === 0 ? INK : SECOND_INK }));
  return { gaps, rows, lines };
}
