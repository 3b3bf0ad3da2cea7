"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Icon } from "@/components/ui/icon";
import { useFormat } from "@/components/ui/use-format";
import { useLogClock } from "./log-clock";
import styles from "./log.module.css";
import { useLoopWords } from "./use-loop-words";
import type { FoldOfLoop } from "./use-log-rows";

interface FoldProps {
  fold: FoldOfLoop;
  /** The keyboard is at it. */
  isCurrent: boolean;
  onToggle: () => void;
}

/** Cells of the row that stands for a loop's lines, and opens them in place. */
export function FoldCells({ columns, ...props }: FoldProps & { columns: number }) {
  const clock = useLogClock();
  return (
    <>
      <td className={styles.time}>{clock.read(props.fold.told.fromMs, "millisecond")}</td>
      <td className={styles.loop} colSpan={columns - 1}>
        <FoldButton {...props} />
        <FoldLines fold={props.fold} />
      </td>
    </>
  );
}

/** Says the loop, and opens or folds its lines. */
export function FoldButton({ fold, isCurrent, onToggle }: FoldProps) {
  const words = useLoopWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) button.current?.focus({ preventScroll: true });
  }, [isCurrent]);
  return (
    <button ref={button} type="button" className={styles.pick} aria-expanded={fold.isOpen} onClick={onToggle}>
      <Icon name={fold.isOpen ? "down" : "right"} size={12} />
      <bdi>{words(fold.told)}</bdi>
    </button>
  );
}

/** How many lines it is, here and in all. */
export function FoldLines({ fold: { told, lines } }: Pick<FoldProps, "fold">) {
  const t = useTranslations("log.loop");
  const format = useFormat();
  return (
    <span className="t3 nw">
      {t(lines === told.lines ? "lines" : "linesHere", {
        count: lines,
        shown: format.count(lines),
        all: format.count(told.lines),
      })}
    </span>
  );
}
