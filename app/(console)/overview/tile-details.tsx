"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age } from "@/components/ui/age";
import { useFormat } from "@/components/ui/use-format";
import { seriesQuery } from "@/lib/api-client/cluster";
import type { Figure, FigureKey, Series, SeriesMetric } from "@/lib/cluster/schemas";
import styles from "./overview.module.css";

const METRIC: Record<FigureKey, SeriesMetric> = {
  connects: "connects_received",
  messagesIn: "publishes_received",
  messagesOut: "publishes_sent",
  dropped: "queue_dropped",
  refused: "connects_refused",
  hookErrors: "hook_presence_errors",
};
const MINUTE_MS = 60_000;

/** What a figure rests on: its split by node, the metric, how old the sample is. */
export default function TileDetails({
  figure,
  sampledAt,
  at,
  onLeave,
}: {
  figure: Figure;
  sampledAt: string | null;
  /** Of then (ms); null: of now. */
  at: number | null;
  onLeave: () => void;
}) {
  const t = useTranslations("overview.details");
  const units = useTranslations("overview.unit");
  const format = useFormat();
  const range = figure.unit === "inLastHour" ? "1h" : "live";
  const { data, error } = useQuery(
    seriesQuery({
      span: at === null ? { kind: "now", range } : { kind: "then", range, to: at },
      compare: null,
      metrics: [METRIC[figure.key]],
    }),
  );
  const read = (value: number | null) => (value === null ? "—" : format.count(value, Math.abs(value) < 10 ? 1 : 0));
  return (
    <>
      <dl>
        {data ? (
          byNode(data, figure.unit).map(({ node, value }) => (
            <div key={node}>
              <dt>{node}</dt>
              <dd>
                {read(value)} <span className="t3">{units(figure.unit)}</span>
              </dd>
            </div>
          ))
        ) : (
          <div>
            <dt>{error ? error.message : t("wait")}</dt>
            <dd />
          </div>
        )}
        <div>
          <dt>{t("usual")}</dt>
          <dd>{figure.usual ? `${read(figure.usual.low)}–${read(figure.usual.high)}` : "—"}</dd>
        </div>
        <div>
          <dt>{t("sampled")}</dt>
          <dd>{sampledAt ? <Age at={sampledAt} /> : "—"}</dd>
        </div>
      </dl>
      <p className={styles.metric}>{figure.source}</p>
      <Link className="link" href="/cluster?range=1h" onBlur={onLeave}>
        {t("chart")}
      </Link>
    </>
  );
}

/** The figure of each node: over the last minute, or all of the hour. Null where the node did not say. */
function byNode(series: Series, unit: Figure["unit"]): { node: string; value: number | null }[] {
  const last = series.at.at(-1) ?? 0;
  return series.lines.map(({ node, values }) => {
    const known = values.flatMap((value, index) => {
      const isCounted = unit === "inLastHour" || (series.at[index] ?? 0) > last - MINUTE_MS;
      return value === null || !isCounted ? [] : [value];
    });
    if (known.length === 0) return { node, value: null };
    const sum = known.reduce((total, value) => total + value, 0);
    if (unit === "inLastHour") return { node, value: sum * series.stepSeconds };
    return { node, value: (sum / known.length) * (unit === "perMinute" ? 60 : 1) };
  });
}
