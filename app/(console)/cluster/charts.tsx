"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { Awaited } from "@/components/ui/awaited";
import { EmptyState } from "@/components/ui/empty-state";
import { marksQuery, seriesQuery } from "@/lib/api-client/cluster";
import { ChartGrid } from "./chart-grid";
import { chartMarks, happeningsOf } from "./chart-marks";
import type { ClusterView } from "./use-cluster-view";
import { useHappeningWords } from "./use-happening-words";

// Samples come every five seconds; the last bin of a longer range is its step behind.
const SINCE_LAST_MS = 60_000;

/** The charts of what is looked at; what was drawn stays while another span loads. */
export function Charts({ view }: { view: ClusterView }) {
  const t = useTranslations();
  const words = useHappeningWords();
  const { span, compare } = view;
  const series = useQuery({ ...seriesQuery({ span, compare }), placeholderData: keepPreviousData });
  const { data, error } = series;
  const happened = useQuery({ ...marksQuery(span), placeholderData: keepPreviousData }).data;
  const marks = useMemo(() => {
    // What happened since the last sample stands at the charts' end.
    const range = { from: data?.at[0] ?? 0, to: (data?.at.at(-1) ?? 0) + SINCE_LAST_MS };
    return happened ? chartMarks(happeningsOf(happened), range, words) : [];
  }, [happened, data, words]);
  if (!data)
    return (
      <div className="panel">
        <Awaited query={series} rows={12} />
      </div>
    );
  if (data.lines.every((line) => line.values.every((value) => value === null)))
    return (
      <div className="panel">
        <EmptyState icon="cluster" title={t("cluster.empty.title")}>
          {t("cluster.empty.about")}
        </EmptyState>
      </div>
    );
  return <ChartGrid series={data} marks={marks} view={view} failed={error} />;
}
