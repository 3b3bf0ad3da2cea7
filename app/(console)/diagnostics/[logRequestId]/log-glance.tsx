"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { StackedBars, type BarClass } from "@/components/charts/stacked-bars";
import { Awaited } from "@/components/ui/awaited";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { CALL_CLASSES, logSummaryQuery } from "@/lib/api-client/logs";
import type { LogAtAGlance } from "@/lib/diagnostics/summarise-log";
import { visibleText } from "@/lib/format/visible-text";
import { CLASS_COLOR } from "./class-color";
import { useLogClock } from "./log-clock";
import { LogFindings } from "./log-findings";
import { logSearchParams } from "./log-search";
import styles from "./log.module.css";

/** What a log says at a glance: what was found, its figures, and its calls over time by status class. */
export function LogGlance({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("log.glance");
  const format = useFormat();
  const query = useQuery(logSummaryQuery(logRequestId));
  const { data: summary } = query;
  if (!summary) return <Awaited query={query} failed={t("failed")} rows={6} />;
  const { histogram } = summary;
  return (
    <>
      <LogFindings findings={summary.findings} />
      <Tiles summary={summary} />
      {histogram ? (
        <Panel
          title={t("overTime")}
          sub={t("aBar", { width: format.duration(histogram.barMs) })}
          actions={
            summary.offline.length > 0 ? (
              <span className={styles.offline}>
                <i aria-hidden="true" />
                {t("offline", {
                  length: format.duration(summary.offline.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)),
                })}
              </span>
            ) : null
          }
          body
          className={styles.histogram}
        >
          <CallsOverTime summary={summary} histogram={histogram} height={112} />
        </Panel>
      ) : null}
    </>
  );
}

/** Calls by status class over time, time offline hatched; a bar that is chosen becomes the filter of time. */
export function CallsOverTime({
  summary,
  histogram,
  height,
}: {
  summary: LogAtAGlance;
  histogram: NonNullable<LogAtAGlance["histogram"]>;
  height: number;
}) {
  const t = useTranslations("log.glance");
  const names = useTranslations("log.class");
  const [{ from, to }, setSearch] = useQueryStates(logSearchParams);
  const classes: BarClass[] = CALL_CLASSES.map((key) => ({ key, name: names(key), color: CLASS_COLOR[key] }));
  const startMs = Date.parse(histogram.startAt);
  const endMs = startMs + histogram.bars.length * histogram.barMs;
  return (
    <StackedBars
      label={t("overTime")}
      classes={classes}
      buckets={histogram.bars.map((counts, index) => ({ at: startMs + index * histogram.barMs, counts }))}
      from={startMs}
      to={endMs}
      gaps={summary.offline.map(({ fromMs, toMs }) => ({ from: fromMs, to: toMs, kind: "offline" as const }))}
      {...(from || to ? { view: { from: from?.getTime() ?? startMs, to: to?.getTime() ?? endMs } } : {})}
      onPick={(at) =>
        void setSearch(
          from?.getTime() === at
            ? { from: null, to: null }
            : { tab: "calls", from: new Date(at), to: new Date(at + histogram.barMs), line: null },
        )
      }
      height={height}
    />
  );
}

function Tiles({ summary }: { summary: LogAtAGlance }) {
  const t = useTranslations("log.glance");
  const names = useTranslations("log.class");
  const format = useFormat();
  const clock = useLogClock();
  const [, setSearch] = useQueryStates(logSearchParams);
  const { counts, worstEndpoint, firstFailure, slowest } = summary;
  const failed = counts["4xx"] + counts["5xx"] + counts.none;
  const kinds = (["5xx", "4xx", "none"] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => t(`failedBy.${kind}`, { count: format.count(counts[kind]) }));
  const perCent = summary.calls > 0 ? (failed / summary.calls) * 100 : 0;
  const toLine = (n: number, words: string) => (
    <button type="button" className={`link ${styles.quiet}`} onClick={() => void setSearch({ tab: "calls", line: n })}>
      {words}
    </button>
  );
  return (
    <dl className={`panel ${styles.tiles}`}>
      <Tile
        name={t("calls")}
        about={
          summary.textLines > 0
            ? t("textLines", { count: summary.textLines, shown: format.count(summary.textLines) })
            : t("noText")
        }
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
        {firstFailure ? toLine(firstFailure.n, clock.read(firstFailure.t)) : "–"}{" "}
        {firstFailure ? <small className="t3">{firstFailure.status ?? names("none")}</small> : null}
      </Tile>
      <Tile name={t("slowest")} about={slowest ? visibleText(slowest.endpoint) : t("noDurations")}>
        {slowest?.ms == null ? "–" : toLine(slowest.n, format.duration(slowest.ms))}
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
