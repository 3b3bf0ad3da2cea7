"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { useFormat } from "@/components/ui/use-format";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { visibleText } from "../visible-text";
import { CLASS_COLOR } from "./class-color";
import styles from "./log.module.css";
import { useLineKeys } from "./use-line-keys";

// Two-line rows on phones are measured as they are drawn.
const ROW_PX = 30;
// Rows before the end at which the next page is asked for.
const AHEAD = 40;
// A call this long fills the bar beside its duration.
const FULL_BAR_MS = 5_000;

const COLUMNS = ["time", "method", "path", "status", "took", "size", "attempt"] as const;

/** Lines of a log; only those in view are in the page, so it stays smooth however many are loaded. */
export function LogTable({
  lines,
  chosen,
  onChoose,
  hasMore,
  isLoading,
  onMore,
}: {
  lines: readonly LogLine[];
  /** `n` of the line that is open. */
  chosen: number | null;
  onChoose: (n: number | null) => void;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => void;
}) {
  const t = useTranslations("diagnostics.lines");
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoading && lastShown >= lines.length - AHEAD) onMore();
  }, [hasMore, isLoading, lastShown, lines.length, onMore]);

  const go = (index: number): void => {
    const line = lines[index];
    if (!line) return;
    virtualizer.scrollToIndex(index, { align: "auto" });
    onChoose(line.n);
  };
  useLineKeys({ lines, chosen, onGo: go, onClose: () => onChoose(null) });

  return (
    <div ref={scroller} className={styles.scroller}>
      <table className={styles.table} aria-label={t("label")} aria-rowcount={hasMore ? -1 : lines.length + 1}>
        <thead className={styles.thead}>
          <tr aria-rowindex={1} className={styles.row}>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={styles[column]}>
                {t(`columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={styles.tbody} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const line = lines[item.index];
            return line ? (
              <tr
                key={line.n}
                ref={virtualizer.measureElement}
                data-index={item.index}
                aria-rowindex={item.index + 2}
                className={`${styles.row} ${styles.line}`}
                {...(line.n === chosen ? { "data-chosen": true } : {})}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <LineCells line={line} isChosen={line.n === chosen} onChoose={() => onChoose(line.n)} />
              </tr>
            ) : null;
          })}
        </tbody>
      </table>
    </div>
  );
}

function LineCells({ line, isChosen, onChoose }: { line: LogLine; isChosen: boolean; onChoose: () => void }) {
  const t = useTranslations("diagnostics.lines");
  const format = useFormat();
  const pick = (text: string) => (
    <button type="button" className={styles.pick} aria-expanded={isChosen} onClick={onChoose}>
      <bdi>{visibleText(text)}</bdi>
    </button>
  );
  if (line.class === "text")
    return (
      <td className={styles.text} colSpan={COLUMNS.length}>
        {pick(line.raw)}
      </td>
    );
  return (
    <>
      <td className={styles.time}>{line.t ? format.clock(Date.parse(line.t), "millisecond") : ""}</td>
      <td className={styles.method}>{line.method}</td>
      <td className={styles.path}>{pick(pathOf(line))}</td>
      <td className={styles.status} data-class={line.class}>
        <i className={styles.square} style={{ background: CLASS_COLOR[line.class] }} />
        {line.status ?? t("noAnswer")}
      </td>
      <td className={styles.took}>
        {line.ms === null ? null : <i className={styles.bar} style={{ width: barPx(line.ms) }} />}
        {line.ms === null ? "–" : format.duration(line.ms)}
      </td>
      <td className={styles.size}>{line.bytes === null ? "–" : format.bytes(line.bytes)}</td>
      <td className={styles.attempt}>{line.attempt}</td>
    </>
  );
}

const barPx = (ms: number): number => Math.max(2, Math.min(1, ms / FULL_BAR_MS) * 48);

/** The URL without its host, which is the same on most lines. */
const pathOf = ({ url, host }: LogLine): string => {
  const start = url && host ? url.indexOf(host) : -1;
  return (start < 0 ? url : url?.slice(start + (host?.length ?? 0))) || "/";
};
