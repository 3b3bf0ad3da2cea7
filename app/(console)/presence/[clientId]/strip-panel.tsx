"use client";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Strip, type StripEvent } from "@/components/charts/strip";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import { sessionsQuery, timelineQuery } from "@/lib/api-client/presence";
import type { PresenceFacts } from "@/lib/presence/schemas";
import type { TimelineEntry } from "@/lib/timeline/schemas";
import styles from "./client.module.css";
import { drawnHistory } from "./session-parts";
import { RANGES, type Span } from "./use-span";

/** Sessions and gaps of a stretch of time on one strip; a part of it is chosen by drawing over it. */
export function StripPanel({
  clientId,
  presence,
  knownSince,
  span,
  mayReadTimeline,
}: {
  clientId: string;
  presence: PresenceFacts | null;
  /** ISO 8601: before it there is nothing to say. */
  knownSince: string;
  span: Span;
  mayReadTimeline: boolean;
}) {
  const t = useTranslations("client.strip");
  const words = useTranslations("presence.timeline");
  const format = useFormat();
  const query = useQuery({ ...sessionsQuery(clientId, span.query), placeholderData: keepPreviousData });
  // The first page of the timeline beside it: the latest events, which is as many as the strip has room for.
  const timeline = useInfiniteQuery({ ...timelineQuery(clientId, null, span.timeline), enabled: mayReadTimeline });
  const entries = timeline.data?.pages[0]?.entries ?? [];
  const drawn = drawnHistory(query.data ?? null, presence, span);
  const lengthMs = span.to - span.from;
  const knownMs = span.to - Date.parse(knownSince);
  const ofMs = knownMs > 0 && knownMs < lengthMs ? knownMs : lengthMs;
  return (
    <Panel
      title={t("title")}
      sub={
        query.data ? (
          <span className="only-l">
            {t(ofMs < lengthMs ? "subKnown" : "sub", {
              online: format.duration(Math.min(drawn.onlineMs, ofMs)),
              range: format.duration(ofMs),
            })}
          </span>
        ) : null
      }
      className={styles.strips}
      actions={
        <>
          {span.range ? null : (
            <Button size="small" icon="close" onClick={span.reset}>
              {t("reset")}
            </Button>
          )}
          <Button
            size="small"
            icon="plus"
            aria-label={t("in")}
            onClick={() => span.zoom(span.from + lengthMs / 4, span.to - lengthMs / 4)}
          />
          <Button
            size="small"
            icon="minus"
            aria-label={t("out")}
            onClick={() => span.zoom(span.from - lengthMs / 2, span.to + lengthMs / 2)}
          />
          <Segmented
            label={t("range")}
            value={span.range ?? "own"}
            options={[
              ...RANGES.map((value) => ({ value, label: t(value) })),
              ...(span.range ? [] : [{ value: "own" as const, label: t("own") }]),
            ]}
            onChange={(value) => (value === "own" ? undefined : span.choose(value))}
          />
        </>
      }
    >
      {query.isError ? (
        <ErrorState title={t("title")} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      ) : (
        <div className={styles.strip} aria-busy={query.isPlaceholderData}>
          {query.data ? (
            <Strip
              label={t("title")}
              {...drawn}
              events={entries.flatMap((entry) => eventOf(entry, words))}
              incidents={entries.flatMap((entry) => incidentOf(entry, t))}
              from={span.from}
              to={span.to}
              isNow={span.range !== null}
              onSelect={span.zoom}
            />
          ) : (
            <Skeleton width="100%" height={112} />
          )}
          {drawn.columns ? (
            <p className="t3">
              {t("columns", {
                each: format.duration(drawn.columns.columnMs),
                sessions: format.count(drawn.columns.sessions),
              })}
              {drawn.columns.onlySince ? ` ${t("onlySince", { since: format.exact(drawn.columns.onlySince) })}` : null}
            </p>
          ) : null}
        </div>
      )}
    </Panel>
  );
}

type Happening = "message" | "logRequested" | "refused" | "verified" | "ended.taken_over";

/** What stands under the strip: what was sent and asked, refusals and take-overs; sessions are the strip itself. */
function eventOf(entry: TimelineEntry, t: (key: Happening) => string): StripEvent[] {
  const at = Date.parse(entry.at);
  switch (entry.what) {
    case "message":
      return [{ at, icon: "publish", label: t("message") }];
    case "logRequested":
      return [{ at, icon: "log", label: t("logRequested") }];
    case "refused":
      return [{ at, icon: "block", label: t("refused") }];
    case "verified":
    case "pinged":
      return [{ at, icon: "again", label: t("verified") }];
    case "note":
      return [{ at, icon: "note", label: entry.text }];
    case "ended":
      return entry.ending === "taken_over" ? [{ at, icon: "takeover", label: t("ended.taken_over") }] : [];
    default:
      return [];
  }
}

function incidentOf(entry: TimelineEntry, t: (key: "lost" | "restarted", values: { node: string }) => string) {
  if (entry.what !== "incident" || entry.fault.node === null) return [];
  return [
    {
      at: Date.parse(entry.at),
      label: t(entry.fault.kind === "node_restarted" ? "restarted" : "lost", { node: entry.fault.node }),
    },
  ];
}
