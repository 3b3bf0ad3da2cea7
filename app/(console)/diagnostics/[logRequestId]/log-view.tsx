"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { EmptyState } from "@/components/ui/empty-state";
import { Segmented } from "@/components/ui/segmented";
import { useFormat } from "@/components/ui/use-format";
import { useSettled } from "@/components/ui/use-settled";
import { findFailed, logIndexQuery, logLineQuery, logSummaryQuery, notesQuery } from "@/lib/api-client/logs";
import { PAGE_LINES, pagesOf } from "@/lib/diagnostics/terms";
import type { Row } from "./fold-rows";
import { LineDrawer } from "./line-drawer";
import { LogFilters } from "./log-filters";
import { CLEARED, filterOf, logSearchParams } from "./log-search";
import { LogTable, ROW_PX } from "./log-table";
import styles from "./log.module.css";
import { Waterfall } from "./waterfall";
import { pageOf, useLogLines } from "./use-log-lines";
import { holds, useLogRows, type FoldOfLoop, type LogRows } from "./use-log-rows";
import { useLineKeys } from "./use-line-keys";
import { useRowWindow, type RowWindow } from "./use-row-window";
import { useNarrow } from "./use-narrow";

const TYPING_MS = 200;

/** The lines of a log under filters, as a table or as a waterfall, and one of them in full beside it. */
export function LogView({ logRequestId, as }: { logRequestId: string; as: "table" | "waterfall" }) {
  const t = useTranslations("log.lines");
  const clock = useTranslations("log.clock");
  const loop = useTranslations("log.loop");
  const format = useFormat();
  const { data: summary } = useQuery(logSummaryQuery(logRequestId));
  const [search, setSearch] = useQueryStates(logSearchParams);
  const [typed, setTyped] = useState({ text: "", isRegex: false });
  const settled = useSettled(typed, TYPING_MS);
  const filter = filterOf(search, settled);
  const index = useQuery(logIndexQuery(logRequestId, filter));
  const { total = 0, failed = 0, folds = [] } = index.data ?? {};
  // They stand between the lines, under any filter but one of classes.
  const gaps = index.data?.counts.gap ?? 0;
  const { line: chosen } = search;
  const [wanted, setWanted] = useState(chosen);
  const [atFold, setAtFold] = useState<number | null>(null);
  const isFolding = search.loops === "folded";
  const rows = useLogRows({ index: index.data, isFolding, seen: [chosen, wanted] });
  const rowPx = useNarrow() ? ROW_PX.narrow : ROW_PX.wide;
  const [scroller, view] = useRowWindow({ count: rows.count, rowPx });
  const known = index.isPlaceholderData ? undefined : index.data;
  const shown = known?.anchors ?? [];
  const pages = known ? pagesOf(known) : [];
  const { lineAt, error } = useLogLines({ logRequestId, filter, pages, places: placesIn(rows, view) });
  const notes = useQuery(notesQuery(logRequestId));
  const opened = useQuery({ ...logLineQuery(logRequestId, chosen ?? 0), enabled: chosen !== null });
  const line = chosen === null ? null : (opened.data?.lines[0] ?? null);
  const choose = (n: number | null): void => {
    if (n !== null) rows.openAt(n);
    setAtFold(null);
    void setSearch({ line: n });
  };

  // A link to a line leads to its page once it is known where that is, and then to the line itself.
  const arrivedAt = useRef<number | null>(null);
  const place = wanted === null || shown.length === 0 ? null : pageOf(shown, wanted) * PAGE_LINES;
  const { scrollTo, isReady } = view;
  useEffect(() => {
    if (!isReady || place === null || wanted === null || arrivedAt.current === wanted) return;
    const found = Array.from({ length: PAGE_LINES }, (_, offset) => place + offset).find(
      (at) => lineAt(at)?.n === wanted,
    );
    scrollTo(rows.indexOf(found ?? place));
    if (lineAt(place)) arrivedAt.current = wanted;
  }, [isReady, place, wanted, scrollTo, lineAt, rows]);

  const failure = useMutation({
    mutationFn: (direction: "next" | "previous") => findFailed(logRequestId, { n: chosen ?? 0, direction, filter }),
    onSuccess: ({ n, index: at }) => {
      if (n === null) return;
      // The fold it is in is laid out before it is scrolled to.
      flushSync(() => rows.openAt(n));
      choose(n);
      scrollTo(rows.indexOf(at));
    },
  });
  const isAt = (row: Row): boolean =>
    row.what === "fold" ? rows.folds[row.fold]?.first === atFold : atFold === null && lineAt(row.place)?.n === chosen;
  const goTo = (fold: FoldOfLoop | undefined): void => {
    if (!fold) return;
    choose(null);
    setAtFold(fold.first);
  };
  // Closed, it hides the line that was looked at, which would open it again.
  const toggle = (fold: FoldOfLoop): void => {
    if (fold.isOpen && chosen !== null && holds(fold, chosen)) choose(null);
    if (fold.isOpen && wanted !== null && holds(fold, wanted)) setWanted(null);
    rows.toggle(fold);
  };
  useLineKeys({
    onMove: (by) => {
      const at = indicesIn(view).find((one) => isAt(rows.rowAt(one)));
      const to = at === undefined ? view.start : at + by;
      if (to < 0 || to >= rows.count) return;
      const row = rows.rowAt(to);
      if (row.what === "fold") goTo(rows.folds[row.fold]);
      else {
        const next = lineAt(row.place);
        if (!next) return;
        choose(next.n);
      }
      scrollTo(to);
    },
    onFailure: (direction) => failure.mutate(direction),
    onClose: chosen === null && atFold === null ? null : () => choose(null),
  });
  const unfold = (n: number): void => {
    arrivedAt.current = null;
    setWanted(n);
    void setSearch({ ...CLEARED, line: n });
  };

  return (
    <section className={`panel ${styles.view}`} aria-label={t("label")}>
      <LogFilters
        index={index.data ?? null}
        typed={typed}
        wrong={index.error}
        onTyped={setTyped}
        failures={
          <span className={styles.failures}>
            {summary?.facts.clockAheadMs ? (
              <Segmented
                label={clock("label")}
                value={search.clock}
                options={(["ours", "phone"] as const).map((value) => ({ value, label: clock(value) }))}
                onChange={(value) => void setSearch({ clock: value })}
              />
            ) : null}
            {failed === 0 ? null : (
              <span className="t3 nw hide-s" aria-live="polite">
                {failure.data?.n != null && failure.data.n === chosen
                  ? t("failureOf", { place: format.count(failure.data.place), count: format.count(failure.data.of) })
                  : t("failuresHere", { count: format.count(failed) })}
              </span>
            )}
            <Button
              size="small"
              icon="up"
              aria-label={t("previousFailure")}
              disabled={failed === 0}
              onClick={() => failure.mutate("previous")}
            />
            <Button
              size="small"
              icon="down"
              aria-label={t("nextFailure")}
              disabled={failed === 0}
              onClick={() => failure.mutate("next")}
            />
            <kbd className="only-l">e</kbd>
          </span>
        }
      />
      <div className={line ? `${styles.split} ${styles.opened}` : styles.split}>
        {total > 0 && as === "table" ? (
          <LogTable
            {...{ scroller, view, rows, lineAt, chosen, atFold }}
            clock={search.clock}
            noted={new Set(notes.data?.map((note) => note.line))}
            isFolded={search.around}
            onChoose={choose}
            onUnfold={unfold}
            onToggle={toggle}
          />
        ) : null}
        {total > 0 && as === "waterfall" ? (
          <Waterfall {...{ scroller, view, rows, lineAt, chosen, atFold }} onChoose={choose} onToggle={toggle} />
        ) : null}
        {index.data && total === 0 ? (
          <EmptyState
            icon="log"
            title={t("emptyTitle")}
            action={<Button onClick={() => void setSearch(CLEARED)}>{t("clear")}</Button>}
          >
            {t("emptyAbout")}
          </EmptyState>
        ) : null}
        {index.data ? null : <Awaited query={index} failed={t("failed")} rows={12} rowHeight={30} />}
        {line ? (
          <LineDrawer logRequestId={logRequestId} line={line} notes={notes.data ?? []} onClose={() => choose(null)} />
        ) : null}
      </div>
      <footer>
        <span aria-live="polite">
          {error
            ? error.message
            : t("shown", { count: format.count(search.classes.length > 0 ? total : total - gaps) })}
        </span>
        {folds.length > 0 ? (
          <Chip
            pressed={isFolding}
            count={format.count(folds.length)}
            onPress={() => void setSearch({ loops: isFolding ? "open" : null })}
          >
            {loop("fold")}
          </Chip>
        ) : null}
        <span className={`sp only-l ${styles.keys}`}>
          <kbd>j</kbd>
          <kbd>k</kbd> {t("keys.move")} <kbd>e</kbd>
          <kbd>E</kbd> {t("keys.nextFailure")} <kbd>Esc</kbd> {t("keys.close")}
        </span>
      </footer>
    </section>
  );
}

const indicesIn = ({ start, end }: Pick<RowWindow, "start" | "end">): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, offset) => start + offset);

/** The places of the lines in view. */
const placesIn = ({ rowAt }: LogRows, view: RowWindow): number[] =>
  indicesIn(view).flatMap((index) => {
    const row = rowAt(index);
    return row.what === "line" ? [row.place] : [];
  });
