"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Awaited } from "@/components/ui/awaited";
import { EmptyState } from "@/components/ui/empty-state";
import { useFormat } from "@/components/ui/use-format";
import { useSettled } from "@/components/ui/use-settled";
import { logLinesQuery } from "@/lib/api-client/diagnostics";
import { LineDrawer } from "./line-drawer";
import { LogFilters } from "./log-filters";
import { logSearchParams } from "./log-search";
import { LogTable } from "./log-table";
import styles from "./log.module.css";

const TYPING_MS = 250;

/** The lines of a log under filters, as many as are asked for by scrolling, and one of them in full beside the table. */
export function LogView({ logRequestId }: { logRequestId: string }) {
  const t = useTranslations("diagnostics.lines");
  const format = useFormat();
  const [{ classes, method, line }, setSearch] = useQueryStates(logSearchParams);
  const [typed, setTyped] = useState("");
  const text = useSettled(typed, TYPING_MS);
  const log = useInfiniteQuery(logLinesQuery(logRequestId, { classes, method, text }));
  const lines = log.data?.pages.flatMap((page) => page.lines) ?? [];
  const counts = log.data?.pages[0]?.counts ?? null;
  const chosen = lines.find((candidate) => candidate.n === line) ?? null;
  return (
    <section className={`panel ${styles.view}`} aria-label={t("label")}>
      <LogFilters
        counts={counts}
        classes={classes}
        method={method}
        text={typed}
        onClasses={(next) => void setSearch({ classes: next })}
        onMethod={(next) => void setSearch({ method: next })}
        onText={setTyped}
      />
      <div className={chosen ? `${styles.split} ${styles.opened}` : styles.split}>
        {lines.length > 0 ? (
          <LogTable
            lines={lines}
            chosen={line}
            onChoose={(next) => void setSearch({ line: next })}
            hasMore={log.hasNextPage}
            isLoading={log.isFetchingNextPage}
            onMore={() => void log.fetchNextPage()}
          />
        ) : null}
        {log.data && lines.length === 0 ? (
          <EmptyState icon="log" title={t("emptyTitle")}>
            {t("emptyAbout")}
          </EmptyState>
        ) : null}
        {log.isSuccess ? null : <Awaited query={log} failed={t("failed")} rows={12} rowHeight={30} />}
        {chosen ? <LineDrawer line={chosen} onClose={() => void setSearch({ line: null })} /> : null}
      </div>
      <footer>
        <span aria-live="polite">
          {log.hasNextPage
            ? t("shownSoFar", { count: format.count(lines.length) })
            : t("shownAll", { count: format.count(lines.length) })}
        </span>
        <span className={`sp only-l ${styles.keys}`}>
          <kbd>j</kbd>
          <kbd>k</kbd> {t("keys.move")} <kbd>e</kbd> {t("keys.nextFailure")} <kbd>Esc</kbd> {t("keys.close")}
        </span>
      </footer>
    </section>
  );
}
