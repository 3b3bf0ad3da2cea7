"use client";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { CHART_RANGE_NAMES } from "@/lib/api-client/cluster";
import type { ClusterNode } from "@/lib/cluster/schemas";
import styles from "./cluster.module.css";
import type { ClusterView } from "./use-cluster-view";

const MarkDialog = lazy(() => import("./mark-dialog"));

/** Which stretch, of which nodes, compared with what; and what can be done to it. */
export function ViewBar({
  view,
  nodes,
  isRenewed,
  mayMark,
}: {
  view: ClusterView;
  /** To choose among; null on the page of one, which is always of now. */
  nodes: readonly ClusterNode[] | null;
  /** False while the page cannot be renewed: nothing of it is live then. */
  isRenewed: boolean;
  mayMark: boolean;
}) {
  const t = useTranslations("cluster");
  const [isMarking, setIsMarking] = useState(false);
  const { span } = view;
  return (
    <div className={styles.bar}>
      <div className={styles.ranges}>
        <Segmented
          label={t("range.label")}
          value={span.kind === "own" ? "own" : view.range}
          onChange={(value) => value !== "own" && view.choose(value)}
          options={CHART_RANGE_NAMES.map((value) => ({
            value: value as (typeof CHART_RANGE_NAMES)[number] | "own",
            label:
              value === "live" && view.at === null ? (
                <>
                  <StatusMark status={isRenewed ? "online" : "unknown"} size={12} />
                  {t("range.live")}
                </>
              ) : (
                t(value === "live" ? "range.15m" : `range.${value}`)
              ),
          }))}
        />
      </div>
      {span.kind === "own" ? <Zoomed from={span.from} to={span.to} onEnd={view.unzoom} /> : null}
      {nodes === null ? null : (
        <Segmented
          label={t("view.by")}
          value={view.by}
          onChange={view.drawBy}
          options={[
            { value: "node", label: t("view.node") },
            { value: "sum", label: t("view.sum") },
          ]}
        />
      )}
      <Select
        aria-label={t("view.compare")}
        value={view.compare ?? "none"}
        onChange={(value) => view.compareWith(value === "none" ? null : value)}
        options={[
          { value: "none", label: t("view.noCompare") },
          { value: "yesterday", label: t("view.yesterday") },
          { value: "lastWeek", label: t("view.lastWeek") },
        ]}
      />
      {nodes === null ? null : (
        <Select
          aria-label={t("view.only")}
          value={view.only ?? ""}
          onChange={(value) => view.isolate(value === "" ? null : value)}
          options={[
            { value: "", label: t("view.all") },
            ...nodes.map((node) => ({ value: node.name, label: `${node.name} · ${t(`nodes.roles.${node.role}`)}` })),
          ]}
        />
      )}
      <span className={`sp row ${styles.acts}`}>
        {view.at === null && nodes !== null ? (
          <Button icon="clock" onClick={() => view.travel(Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000)}>
            {t("time.open")}
          </Button>
        ) : null}
        {mayMark ? (
          <Button icon="plus" onClick={() => setIsMarking(true)}>
            {t("mark.open")}
          </Button>
        ) : null}
      </span>
      <Suspense fallback={null}>
        {isMarking ? <MarkDialog at={view.at} onClose={() => setIsMarking(false)} /> : null}
      </Suspense>
    </div>
  );
}

function Zoomed({ from, to, onEnd }: { from: number; to: number; onEnd: () => void }) {
  const t = useTranslations("cluster.range");
  const format = useFormat();
  const isOneDay = format.shortDay(from) === format.shortDay(to);
  return (
    <button type="button" className="chip" aria-pressed="true" onClick={onEnd} title={t("whole")}>
      {t("own", {
        from: `${format.shortDay(from)} ${format.clock(from)}`,
        to: isOneDay ? format.clock(to) : `${format.shortDay(to)} ${format.clock(to)}`,
      })}
      <span aria-hidden="true">×</span>
      <span className="vh">{t("whole")}</span>
    </button>
  );
}
