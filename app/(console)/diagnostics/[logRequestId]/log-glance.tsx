"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { StackedBars, type BarClass } from "@/components/charts/stacked-bars";
import { Awaited } from "@/components/ui/awaited";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { CALL_CLASSES, logSummaryQuery } from "@/lib/api-client/diagnostics";
import type { LogSummary } from "@/lib/diagnostics/schemas";
import { visibleText } from "../visible-text";
import { CLASS_COLOR } from "./class-color";
import styles from "./log.module.css";

/** What a log says at a glance: its figures, and its calls over time by status class. */
export function LogGlance({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("diagnostics.glance");
  const format = useFormat();
  const query = useQuery(logSummaryQuery(logRequestId));
  const { data: summary } = query;
  if (!summary) return <Awaited query={query} failed={t("failed")} rows={6} />;
  const { histogram } = summary;
  const classes: BarClass[] = CALL_CLASSES.map((key) => ({ key, name: t(`class.${key}`), color: CLASS_COLOR[key] }));
  const startMs = histogram ? Date.parse(histogram.startAt) : 0;
  return (
    <>
      <Tiles summary={summary} />
      {histogram ? (
        <Panel
          title={t("overTime")}
          sub={t("aBar", { width: format.duration(histogram.barMs) })}
          body
          className={styles.histogram}
        >
          <StackedBars
            label={t("overTime")}
            classes={classes}
            buckets={histogram.bars.map((counts, index) => ({ at: startMs + index * histogram.barMs, counts }))}
            from={startMs}
            to={startMs + histogram.bars.length * histogram.barMs}
            height={112}
          />
        </Panel>
      ) : null}
    </>
  );
}

function Tiles({ summary }: { summary: LogSummary }) {
  const t = useTranslations("diagnostics.glance");
  const format = useFormat();
  const { counts, worstEndpoint, firstFailure, slowest } = summary;
  const failed = counts["4xx"] + counts["5xx"] + counts.none;
  const kinds = (["5xx", "4xx", "none"] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => t(`failedBy.${kind}`, { count: format.count(counts[kind]) }));
  const perCent = summary.calls > 0 ? (failed / summary.calls) * 100 : 0;
  return (
    <dl className={`panel ${styles.tiles}`}>
      <Tile
        name={t("calls")}
        about={summary.textLines > 0 ? t("textLines", { count: summary.textLines }) : t("noText")}
      >
        {format.count(summary.calls)}
      </Tile>
      <Tile name={t("failures")} about={kinds.length > 0 ? kinds.join(", ") : t("noneFailed")}>
        {format.count(failed)} <small className="t3">{format.count(perCent, 1)} %</small>
      </Tile>
      <Tile
        name={t("worst")}
        about={
          worstEndpoint
            ? t("ofCalls", { failed: format.count(worstEndpoint.failed), calls: format.count(worstEndpoint.calls) })
            : t("noneFailed")
        }
        mono
      >
        {worstEndpoint ? visibleText(worstEndpoint.endpoint) : "–"}
      </Tile>
      <Tile name={t("firstFailure")} about={firstFailure ? visibleText(firstFailure.endpoint) : t("noneFailed")}>
        {firstFailure ? format.clock(Date.parse(firstFailure.t)) : "–"}{" "}
        {firstFailure ? <small className="t3">{firstFailure.status ?? t("class.none")}</small> : null}
      </Tile>
      <Tile name={t("slowest")} about={slowest ? visibleText(slowest.endpoint) : t("noDurations")}>
        {slowest?.ms == null ? "–" : format.duration(slowest.ms)}
      </Tile>
    </dl>
  );
}

function Tile({
  name,
  about,
  mono = false,
  children,
}: {
  name: ReactNode;
  about: ReactNode;
  mono?: boolean;
  children: ReactNode;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={mono ? "mono" : undefined}>{children}</dd>
      <dd className={styles.about}>{about}</dd>
    </div>
  );
}
