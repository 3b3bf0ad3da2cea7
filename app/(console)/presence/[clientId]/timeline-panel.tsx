"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { useFormat } from "@/components/ui/use-format";
import { timelineQuery, type HistorySpan } from "@/lib/api-client/presence";
import type { TimelineEntry, TimelineKind } from "@/lib/timeline/schemas";
import styles from "./client.module.css";
import { foldRefusals } from "./fold-refusals";
import { RefusalsRow } from "./refusals-row";
import { TimelineRow } from "./timeline-row";

const CHOICES = ["all", "connection", "messages", "logs", "notes"] as const satisfies readonly ("all" | TimelineKind)[];

// Refusals are written without an event, as a storm of them must not reach browsers; whoever has paged back is left alone.
const RENEW_MS = 15_000;

/** A client's story, newest first, by day. */
export function TimelinePanel({ clientId, span }: { clientId: string; span: HistorySpan | null }) {
  const t = useTranslations("presence.timeline");
  const client = useTranslations("client.timeline");
  const format = useFormat();
  const today = format.day(useNow());
  const [kind, setKind] = useQueryState("show", parseAsStringLiteral(CHOICES).withDefault("all"));
  const query = useInfiniteQuery({
    ...timelineQuery(clientId, kind === "all" ? null : kind, span),
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? RENEW_MS : false),
  });
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const days = byDay(entries, (entry) => format.day(entry.at));
  return (
    <Panel
      title={t("title")}
      actions={
        <Segmented
          label={t("kind")}
          value={kind}
          options={CHOICES.map((value) => ({
            value,
            label: value === "notes" ? client("kinds.notes") : t(`kinds.${value}`),
          }))}
          onChange={(value) => void setKind(value)}
        />
      }
      footer={
        query.hasNextPage ? (
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("older")}
          </Button>
        ) : null
      }
      className={styles.timeline}
    >
      {query.isSuccess ? null : <Awaited query={query} failed={t("failed")} rows={8} />}
      {query.isSuccess && entries.length === 0 ? (
        <EmptyState icon="clock" title={kind === "all" && !span ? t("empty") : client("empty")}>
          {t("emptyAbout")}
        </EmptyState>
      ) : null}
      {query.data?.pages.some((page) => page.incidentsLeftOut) ? <p className="body t3">{client("more")}</p> : null}
      {days.map(([day, ofDay]) => (
        <section key={day} aria-label={day}>
          <h3 className={styles.day}>{day === today ? t("today", { day }) : day}</h3>
          <ol>
            {foldRefusals(ofDay).map((line) =>
              "one" in line ? (
                <TimelineRow key={line.one.key} entry={line.one} />
              ) : (
                // Newer ones come by themselves and leave it open; older ones are asked for.
                <RefusalsRow key={line.refusals.at(-1)?.key} refusals={line.refusals} />
              ),
            )}
          </ol>
        </section>
      ))}
    </Panel>
  );
}

/** Entries in their order, gathered under the words of their day. */
function byDay(entries: readonly TimelineEntry[], dayOf: (entry: TimelineEntry) => string) {
  const days: [day: string, entries: TimelineEntry[]][] = [];
  for (const entry of entries) {
    const day = dayOf(entry);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(entry);
    else days.push([day, [entry]]);
  }
  return days;
}
