"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { Since } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/use-format";
import { groupQuery } from "@/lib/api-client/diagnostics";
import type { LogBoard } from "@/lib/diagnostics/get-log-board";
import type { BoardGroup } from "@/lib/diagnostics/schemas";
import styles from "./diagnostics.module.css";
import { RequestCard } from "./request-card";

type Column = LogBoard["columns"][BoardGroup];

/** One group of requests: the first cards from the board, all of them once asked for. */
export function BoardColumn({ group, column }: { group: BoardGroup; column: Column }) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  const [wantsAll, setWantsAll] = useState(false);
  const all = useInfiniteQuery({ ...groupQuery(group), enabled: wantsAll });
  const cards = all.data?.pages.flatMap((page) => page.cards) ?? column.cards;
  const more = column.total - cards.length;
  const oldest = group === "waiting" ? cards[0] : undefined;
  const since = (): ReactNode => (oldest ? <Since at={oldest.requestedAt} /> : null);
  const showMore = (): void => {
    if (wantsAll) void all.fetchNextPage();
    else setWantsAll(true);
  };
  return (
    <section className={styles.column} data-group={group} aria-labelledby={`group-${group}`}>
      <h2 id={`group-${group}`}>
        {t(`groups.${group}`)} <span className={styles.total}>{format.count(column.total)}</span>
        <span className={styles.aside}>
          {oldest ? t.rich("oldest", { since }) : null}
          {group === "ready" || group === "ended" ? t("lastDay") : null}
        </span>
      </h2>
      {cards.map((card) => (
        <RequestCard key={card.id} card={card} />
      ))}
      {column.total === 0 ? <p className={styles.none}>{t(`empty.${group}`)}</p> : null}
      {more > 0 ? (
        <Button kind="ghost" size="small" busy={all.isFetching} className={styles.more} onClick={showMore}>
          {t("more", { count: format.count(more) })}
        </Button>
      ) : null}
    </section>
  );
}
