"use client";

import { useTranslations } from "next-intl";
import { Icon } from "@/components/ui/icon";
import { useFormat } from "@/components/ui/use-format";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { CLASS_COLOR } from "./class-color";
import { useLogClock } from "./log-clock";
import { FoldCells } from "./fold-row";
import { pathOf } from "./line-path";
import { GapWords } from "./gap-words";
import styles from "./log.module.css";
import type { FoldOfLoop, LogRows } from "./use-log-rows";
import type { RowWindow, SetScroller } from "./use-row-window";

/** Of a row on a wide screen and on a phone; both in log.module.css. */
export const ROW_PX = { wide: 30, narrow: 52 };

// A call this long fills the bar beside its duration.
const FULL_BAR_MS = 5_000;

const COLUMNS = ["time", "method", "path", "status", "took", "size", "attempt"] as const;

interface TableProps {
  scroller: SetScroller;
  view: RowWindow;
  rows: LogRows;
  /** A line by its place under the filter. */
  lineAt: (place: number) => LogLine | undefined;
  /** `n` of the line that is open. */
  chosen: number | null;
  /** The first line of the fold that the keyboard is at. */
  atFold: number | null;
  clock: "ours" | "phone";
  /** Lines with a note beside them. */
  noted: ReadonlySet<number>;
  /** Lines between one and the next are told of, as they are left out. */
  isFolded: boolean;
  onChoose: (n: number) => void;
  onUnfold: (n: number) => void;
  onToggle: (fold: FoldOfLoop) => void;
}

/** Lines of a log, loops folded; only those in view are in the page, so it stays smooth with a million. */
export function LogTable(props: TableProps) {
  const { scroller, view, rows } = props;
  const t = useTranslations("log.lines");
  const { hasDays } = useLogClock();
  const inView = Array.from({ length: Math.max(0, view.end - view.start) }, (_, offset) => view.start + offset);
  return (
    <div ref={scroller} className={styles.scroller}>
      <table
        className={hasDays ? `${styles.table} ${styles.ofDays}` : styles.table}
        aria-label={t("label")}
        aria-rowcount={rows.count + 1}
      >
        <thead className={styles.thead}>
          <tr aria-rowindex={1} className={styles.row}>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={styles[column]}>
                {t(`columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={styles.tbody} style={{ height: view.heightPx }}>
          {inView.map((index) => (
            <TableRow key={index} {...props} index={index} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TableRow({ index, ...props }: TableProps & { index: number }) {
  const { view, rows, lineAt, chosen, atFold } = props;
  const t = useTranslations("log.lines");
  const row = rows.rowAt(index);
  const fold = row.what === "fold" ? rows.folds[row.fold] : undefined;
  const line = row.what === "line" ? lineAt(row.place) : undefined;
  const before = row.what === "line" && props.isFolded && row.place > 0 ? lineAt(row.place - 1) : undefined;
  const isCurrent = fold ? fold.first === atFold : line !== undefined && line.n === chosen;
  return (
    <tr
      aria-rowindex={index + 2}
      className={fold ? `${styles.row} ${styles.line} ${styles.head}` : rowClass(line)}
      {...(isCurrent ? { "data-chosen": true } : {})}
      {...(row.what === "line" && row.isFolded ? { "data-folded": true } : {})}
      style={{ transform: `translateY(${view.topOf(index)}px)` }}
    >
      {fold ? (
        <FoldCells {...{ fold, isCurrent }} columns={COLUMNS.length} onToggle={() => props.onToggle(fold)} />
      ) : line ? (
        <LineCells {...props} line={line} before={before} />
      ) : (
        <td className={styles.text} colSpan={COLUMNS.length} aria-label={t("coming")} />
      )}
    </tr>
  );
}

const rowClass = (line: LogLine | undefined): string =>
  [styles.row, styles.line, line ? (line.class === "gap" ? styles.gap : "") : styles.coming].filter(Boolean).join(" ");

type CellProps = TableProps & { line: LogLine; before: LogLine | undefined };

function LineCells({ line, before, chosen, clock, noted, onChoose, onUnfold }: CellProps) {
  const t = useTranslations("log.lines");
  const format = useFormat();
  const { read } = useLogClock();
  const leftOut = before ? Math.ceil(line.n) - Math.floor(before.n) - 1 : 0;
  const fold =
    leftOut > 0 && before ? (
      <button type="button" className={styles.fold} onClick={() => onUnfold(Math.floor(before.n) + 1)}>
        {t("folded", { count: leftOut, shown: format.count(leftOut) })}
      </button>
    ) : null;
  const pick = (text: string) => (
    <button type="button" className={styles.pick} aria-expanded={line.n === chosen} onClick={() => onChoose(line.n)}>
      {noted.has(line.n) ? <Icon name="note" size={12} /> : null}
      <bdi>{visibleText(text)}</bdi>
    </button>
  );
  const at = clock === "phone" ? (line.tDevice ?? line.t) : line.t;
  if (line.class === "gap")
    return (
      <td className={styles.text} colSpan={COLUMNS.length}>
        <GapWords line={line} />
      </td>
    );
  if (line.class === "text")
    return (
      <td className={styles.text} colSpan={COLUMNS.length}>
        {fold}
        {pick(line.raw ?? "")}
      </td>
    );
  return (
    <>
      <td className={styles.time}>
        {fold}
        {at ? read(at, "millisecond") : ""}
      </td>
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
