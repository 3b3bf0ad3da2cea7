"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { StatusMark } from "@/components/ui/status-mark";
import { CHART_RANGE_NAMES, nodesQuery, seriesQuery, type ChartRange } from "@/lib/api-client/cluster";
import { ChartGrid } from "./chart-grid";
import { ClusterAnswer } from "./cluster-answer";
import styles from "./cluster.module.css";
import { NodeTable } from "./node-table";
import { rangeParser } from "./range-parser";

/** The nodes' figures over time, under one cursor, and the nodes themselves. */
export function ClusterScreen() {
  const [range, setRange] = useQueryState("range", rangeParser);
  const nodes = useQuery(nodesQuery());
  return (
    <>
      {nodes.data ? <ClusterAnswer list={nodes.data} range={range} /> : null}
      <RangePicker range={range} onChange={(next) => void setRange(next)} />
      <Charts range={range} />
      {nodes.data ? <NodeTable list={nodes.data} /> : null}
    </>
  );
}

function RangePicker({ range, onChange }: { range: ChartRange; onChange: (range: ChartRange) => void }) {
  const t = useTranslations("cluster");
  return (
    <div className={styles.bar}>
      <Segmented
        label={t("range.label")}
        value={range}
        onChange={onChange}
        options={CHART_RANGE_NAMES.map((value) => ({
          value,
          label: (
            <>
              {value === "live" ? <StatusMark status="online" size={12} /> : null}
              {t(`range.${value}`)}
            </>
          ),
        }))}
      />
      <span className={`sp t3 ${styles.ink}`}>{t("key.ink")}</span>
    </div>
  );
}

function Charts({ range }: { range: ChartRange }) {
  const t = useTranslations();
  const { data, error, refetch } = useQuery({ ...seriesQuery(range), placeholderData: keepPreviousData });
  if (!data)
    return (
      <div className="panel">
        {error ? (
          <ErrorState title={error.message} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows rows={12} label={t("components.loading")} />
        )}
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
  return (
    <>
      {error ? <p className={styles.failed}>{t("cluster.stale", { reason: error.message })}</p> : null}
      <ChartGrid series={data} />
    </>
  );
}
