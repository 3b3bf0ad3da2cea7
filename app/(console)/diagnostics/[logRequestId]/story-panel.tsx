"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { Strip, type StripPart } from "@/components/charts/strip";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { logSummaryQuery } from "@/lib/api-client/logs";
import { timelineQuery } from "@/lib/api-client/presence";
import { incidentsQuery } from "@/lib/api-client/timeline";
import type { LogAtAGlance } from "@/lib/diagnostics/summarise-log";
import type { TimelineEntry } from "@/lib/timeline/schemas";
import { TimelineRow } from "../../presence/[clientId]/timeline-row";
import { visibleText } from "@/lib/format/visible-text";
import { IncidentLane } from "./incident-lane";
import { useLogClock } from "./log-clock";
import { CallsOverTime } from "./log-glance";
import { CLEARED, logSearchParams } from "./log-search";
import styles from "./log.module.css";

/** What the broker saw, what the app called and what befell the cluster, on one axis and in one list. */
export function StoryPanel({ logRequestId, clientId }: { logRequestId: string; clientId: string }) {
  const t = useTranslations("log.story");
  const query = useQuery(logSummaryQuery(logRequestId));
  const summary = query.data;
  if (!summary) return <Awaited query={query} failed={t("failed")} rows={8} />;
  const { histogram } = summary;
  if (!histogram) return <p className="t2">{t("empty")}</p>;
  const fromMs = Date.parse(histogram.startAt);
  return (
    <Story
      {...{ summary, clientId, fromMs }}
      toMs={fromMs + histogram.bars.length * histogram.barMs}
      histogram={histogram}
    />
  );
}

interface StoryProps {
  summary: LogAtAGlance;
  histogram: NonNullable<LogAtAGlance["histogram"]>;
  clientId: string;
  fromMs: number;
  toMs: number;
}

function Story({ summary, histogram, clientId, fromMs, toMs }: StoryProps) {
  const t = useTranslations("log.story");
  const span = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const [, setSearch] = useQueryStates(logSearchParams);
  const cluster = useQuery(incidentsQuery(span));
  const story = useInfiniteQuery(timelineQuery(clientId, null, span));
  const entries = story.data?.pages.flatMap((page) => page.entries) ?? [];
  const incidents = entries.flatMap((entry) =>
    entry.what === "incident" ? [{ at: Date.parse(entry.at), label: nodeOf(entry) }] : [],
  );
  const told: Told[] = [
    ...entries.map((entry) => ({ at: entry.at, key: entry.key, entry })),
    ...toldByTheLog(summary),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <Panel
      className={styles.view}
      footer={
        story.hasNextPage ? (
          <Button size="small" busy={story.isFetchingNextPage} onClick={() => void story.fetchNextPage()}>
            {t("older")}
          </Button>
        ) : null
      }
    >
      <div className={styles.axes}>
        <h3>{t("broker")}</h3>
        <div className={styles.onAxis}>
          <Strip
            label={t("broker")}
            parts={partsOf(summary, { fromMs, toMs })}
            incidents={incidents}
            from={fromMs}
            to={toMs}
            isNow={false}
          />
        </div>
        <h3>{t("calls")}</h3>
        <CallsOverTime summary={summary} histogram={histogram} height={64} />
        <h3>{t("cluster")}</h3>
        <div className={styles.onAxis}>
          {cluster.data ? (
            <IncidentLane
              incidents={cluster.data.incidents}
              {...{ fromMs, toMs }}
              onPick={(stretch) => void setSearch({ ...CLEARED, tab: "calls", line: null, ...stretch })}
            />
          ) : (
            <Awaited query={cluster} failed={t("clusterFailed")} rows={1} />
          )}
          {cluster.data?.leftOut ? <p className="t3">{t("clusterLeftOut")}</p> : null}
        </div>
      </div>
      {story.isSuccess ? null : <Awaited query={story} failed={t("failed")} rows={6} />}
      <ol className={styles.story}>
        {told.map((one) =>
          "entry" in one ? <TimelineRow key={one.key} entry={one.entry} /> : <LogRow key={one.key} told={one} />,
        )}
      </ol>
    </Panel>
  );
}

const nodeOf = (entry: Extract<TimelineEntry, { what: "incident" }>): string => entry.fault.node ?? "";

interface LogTold {
  at: string;
  key: string;
  n: number;
  endpoint: string;
  status: number | null;
  count: number;
  until: string;
}
type Told = { at: string; key: string; entry: TimelineEntry } | LogTold;

/** Each endpoint's failures stand where they began. */
const toldByTheLog = ({ findings }: LogAtAGlance): LogTold[] =>
  findings.fails.map(({ n, at, endpoint, status, count, until }) => ({
    at,
    key: `log ${n}`,
    n,
    endpoint,
    status,
    count,
    until,
  }));

function LogRow({ told }: { told: LogTold }) {
  const t = useTranslations("log.story");
  const format = useFormat();
  const clock = useLogClock();
  const [, setSearch] = useQueryStates(logSearchParams);
  return (
    <li className={styles.logRow}>
      <span className="t3 mono">{clock.read(told.at)}</span>
      <Icon name="log" />
      <span>
        {t(told.status === null ? "unanswered" : "failing", {
          endpoint: visibleText(told.endpoint),
          status: told.status ?? 0,
          count: told.count,
          shown: format.count(told.count),
        })}{" "}
        <button
          type="button"
          className={`link ${styles.quiet}`}
          onClick={() => void setSearch({ ...CLEARED, tab: "calls", endpoint: told.endpoint, line: told.n })}
        >
          {t("lines")}
        </button>
      </span>
      <span className="t3">{t("app")}</span>
    </li>
  );
}

/** Not known before the first session of our record; from then on online but for the stretches that are known to be offline. */
function partsOf(
  { offline, knownFromMs }: LogAtAGlance,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): StripPart[] {
  const parts: StripPart[] = [];
  let reachedMs = Math.min(toMs, Math.max(fromMs, knownFromMs ?? toMs));
  if (reachedMs > fromMs) parts.push({ state: "unknown", from: fromMs, to: reachedMs });
  for (const gap of offline) {
    if (gap.fromMs > reachedMs) parts.push({ state: "online", from: reachedMs, to: gap.fromMs });
    parts.push({ state: "offline_queued", from: Math.max(gap.fromMs, reachedMs), to: gap.toMs });
    reachedMs = Math.max(reachedMs, gap.toMs);
  }
  if (reachedMs < toMs) parts.push({ state: "online", from: reachedMs, to: toMs });
  return parts;
}
