"use client";

import { useTranslations } from "next-intl";
import type { CSSProperties } from "react";
import { useFormat } from "@/components/ui/use-format";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { CLASS_COLOR } from "./class-color";
import { pathOf } from "./line-path";
import { FoldButton } from "./fold-row";
import { GapWords } from "./gap-words";
import { useLogClock } from "./log-clock";
import styles from "./log.module.css";
import type { FoldOfLoop, LogRows } from "./use-log-rows";
import type { RowWindow, SetScroller } from "./use-row-window";

interface WaterfallProps {
  scroller: SetScroller;
  view: RowWindow;
  rows: LogRows;
  /** A line by its place under the filter. */
  lineAt: (place: number) => LogLine | undefined;
  chosen: number | null;
  /** The first line of the fold that the keyboard is at. */
  atFold: number | null;
  onChoose: (n: number) => void;
  onToggle: (fold: FoldOfLoop) => void;
}

interface Stretch {
  fromMs: number;
  toMs: number;
}

/** Calls as bars on one axis of time, which is that of the rows in view: what ran at once, what waited for what. A loop folded is one bar. */
export function Waterfall(props: WaterfallProps) {
  const { scroller, view, rows, lineAt } = props;
  const t = useTranslations("log.waterfall");
  const format = useFormat();
  const clock = useLogClock();
  const inView = Array.from({ length: Math.max(0, view.end - view.start) }, (_, offset) => view.start + offset);
  const stretches = inView.flatMap((index): Stretch[] => {
    const row = rows.rowAt(index);
    const stretch = row.what === "fold" ? rows.folds[row.fold]?.told : stretchOf(lineAt(row.place));
    return stretch ? [stretch] : [];
  });
  const fromMs = Math.min(...stretches.map((stretch) => stretch.fromMs));
  const spanMs = Math.max(1, Math.max(...stretches.map((stretch) => stretch.toMs)) - fromMs);
  const share = (ms: number): string => `${(100 * ms) / spanMs}%`;
  const placeOf = (stretch: Stretch) => ({
    left: share(stretch.fromMs - fromMs),
    width: `max(2px, ${share(stretch.toMs - stretch.fromMs)})`,
  });
  return (
    <div ref={scroller} className={styles.scroller}>
      <section className={styles.lanes} aria-label={t("label")}>
        <div className={styles.axis} aria-hidden="true">
          {stretches.length > 0 ? (
            <>
              <span>{clock.read(fromMs, "millisecond")}</span>
              <span>{t("span", { length: format.duration(spanMs) })}</span>
              <span>{clock.read(fromMs + spanMs, "millisecond")}</span>
            </>
          ) : null}
        </div>
        <ol className={styles.tbody} style={{ height: view.heightPx }}>
          {inView.map((index) => (
            <FallRow key={index} {...props} index={index} placeOf={placeOf} />
          ))}
        </ol>
      </section>
    </div>
  );
}

/** When a call ran; null for what is none. */
function stretchOf(line: LogLine | undefined): Stretch | null {
  if (!line?.t || line.class === "gap") return null;
  const fromMs = Date.parse(line.t);
  return { fromMs, toMs: fromMs + (line.ms ?? 0) };
}

function FallRow({
  index,
  placeOf,
  ...props
}: WaterfallProps & { index: number; placeOf: (stretch: Stretch) => CSSProperties }) {
  const { view, rows, lineAt, chosen, atFold } = props;
  const row = rows.rowAt(index);
  const fold = row.what === "fold" ? rows.folds[row.fold] : undefined;
  const line = row.what === "line" ? lineAt(row.place) : undefined;
  const isCurrent = fold ? fold.first === atFold : line !== undefined && line.n === chosen;
  return (
    <li
      className={`${styles.row} ${styles.line} ${styles.fall} ${fold ? styles.fallen : ""}`}
      {...(isCurrent ? { "data-chosen": true } : {})}
      {...(row.what === "line" && row.isFolded ? { "data-folded": true } : {})}
      style={{ transform: `translateY(${view.topOf(index)}px)` }}
    >
      {fold ? (
        <LoopFall {...{ fold, isCurrent, placeOf }} onToggle={() => props.onToggle(fold)} />
      ) : line ? (
        <LineFall {...{ line, placeOf }} onChoose={props.onChoose} />
      ) : null}
    </li>
  );
}

function LoopFall({
  fold,
  isCurrent,
  placeOf,
  onToggle,
}: {
  fold: FoldOfLoop;
  isCurrent: boolean;
  placeOf: (stretch: Stretch) => CSSProperties;
  onToggle: () => void;
}) {
  const format = useFormat();
  return (
    <>
      <span className={styles.loop}>
        <FoldButton {...{ fold, isCurrent, onToggle }} />
      </span>
      <span className={styles.lane}>
        <i className={styles.ofLoop} style={placeOf(fold.told)} />
      </span>
      <span className={styles.took}>{format.duration(fold.told.toMs - fold.told.fromMs)}</span>
    </>
  );
}

function LineFall({
  line,
  placeOf,
  onChoose,
}: {
  line: LogLine;
  placeOf: (stretch: Stretch) => CSSProperties;
  onChoose: (n: number) => void;
}) {
  const format = useFormat();
  const stretch = stretchOf(line);
  if (!stretch)
    return (
      <span className={styles.text}>
        {line.class === "gap" ? <GapWords line={line} /> : visibleText(line.raw ?? "")}
      </span>
    );
  return (
    <>
      <button type="button" className={styles.pick} onClick={() => onChoose(line.n)}>
        <bdi>{visibleText(`${line.method ?? ""} ${pathOf(line)}`)}</bdi>
      </button>
      <span className={styles.lane}>
        <i style={{ ...placeOf(stretch), background: CLASS_COLOR[line.class] }} />
      </span>
      <span className={styles.took}>{line.ms === null ? "–" : format.duration(line.ms)}</span>
    </>
  );
}
