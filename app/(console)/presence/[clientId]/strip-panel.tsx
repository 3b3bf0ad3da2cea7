"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Strip, type StripEvent } from "@/components/charts/strip";
import { useNow } from "@/components/ui/clock";
import { ErrorState } from "@/components/ui/error-state";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import { sessionsQuery, timelineQuery } from "@/lib/api-client/presence";
import type { PresenceFacts } from "@/lib/presence/schemas";
import type { TimelineEntry } from "@/lib/timeline/schemas";
import styles from "./client.module.css";
import { RANGE_MS, sessionsFrom, type Range } from "./range";
import { onlineMs, sessionParts } from "./session-parts";

const RANGES = ["day", "week"] as const satisfies readonly Range[];
// The strip moves on by this much at a time; its seconds would only flicker.
const STEP_MS = 30_000;

/** Sessions and gaps of the last day or week on one strip. */
export function StripPanel({
  clientId,
  presence,
  openedAt,
  mayReadTimeline,
}: {
  clientId: string;
  presence: PresenceFacts | null;
  openedAt: number;
  mayReadTimeline: boolean;
}) {
  const t = useTranslations("presence.sessions");
  const words = useTranslations("presence.timeline");
  const format = useFormat();
  const [range, setRange] = useQueryState("range", parseAsStringLiteral(RANGES).withDefault("day"));
  const query = useQuery(sessionsQuery(clientId, sessionsFrom(openedAt, RANGE_MS[range])));
  // The first page of the timeline beside it: the latest events, which is as many as the strip has room for.
  const timeline = useInfiniteQuery({ ...timelineQuery(clientId, null), enabled: mayReadTimeline });
  const events = timeline.data?.pages[0]?.entries.flatMap((entry) => eventOf(entry, words)) ?? [];
  const to = Math.ceil(useNow() / STEP_MS) * STEP_MS;
  const from = to - RANGE_MS[range];
  const parts = sessionParts(query.data?.detail === "sessions" ? query.data.sessions : [], presence, to);
  const online = format.duration(onlineMs(parts, from, to));
  return (
    <Panel
      title={t("title")}
      sub={query.data ? <span className="only-l">{t("sub", { online, range: t(range) })}</span> : null}
      actions={
        <Segmented
          label={t("range")}
          value={range}
          options={RANGES.map((value) => ({ value, label: t(value) }))}
          onChange={(value) => void setRange(value)}
        />
      }
    >
      {query.isError ? (
        <ErrorState title={t("title")} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      ) : (
        <div className={styles.strip}>
          {query.data ? (
            <Strip label={t("title")} parts={parts} events={events} from={from} to={to} />
          ) : (
            <Skeleton width="100%" height={112} />
          )}
          {query.data?.detail === "columns" ? <p className="t3">{t("truncated")}</p> : null}
        </div>
      )}
    </Panel>
  );
}

/** What stands under the strip: what was sent and asked, refusals and take-overs; sessions are the strip itself. */
function eventOf(
  entry: TimelineEntry,
  t: (key: "message" | "logRequested" | "refused" | "verified" | "ended.taken_over") => string,
): StripEvent[] {
  const at = Date.parse(entry.at);
  switch (entry.what) {
    case "message":
      return [{ at, icon: "publish", label: t("message") }];
    case "logRequested":
      return [{ at, icon: "log", label: t("logRequested") }];
    case "refused":
      return [{ at, icon: "block", label: t("refused") }];
    case "verified":
      return [{ at, icon: "again", label: t("verified") }];
    case "ended":
      return entry.ending === "taken_over" ? [{ at, icon: "takeover", label: t("ended.taken_over") }] : [];
    case "connected":
    case "corrected":
    case "incident":
    case "pinged":
    case "disconnected":
    case "blocked":
    case "unblocked":
    case "deviceChanged":
    case "note":
      return [];
  }
}
