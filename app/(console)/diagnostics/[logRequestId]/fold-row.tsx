"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Icon } from "@/components/ui/icon";
import { useFormat } from "@/components/ui/use-format";
import { useLogClock } from "./log-clock";
import styles from "./log.module.css";
import { useLoopWords } from "./use-loop-words";
import type { FoldOfLoop } from "./use-log-rows";

/** Cells of the row that stands for a loop's lines, and opens them in place. */
export function FoldCells({
  fold,
  isCurrent,
  columns,
  onToggle,
}: {
  fold: FoldOfLoop;
  /** The keyboard is at it. */
  isCurrent: boolean;
  columns: number;
  onToggle: () => void;
}) {
  const t = useTranslations("log.loop");
  const format = useFormat();
  const clock = useLogClock();
  const words = useLoopWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) button.current?.focus({ preventScroll: true });
  }, [isCurrent]);
  const { told, lines, isOpen } = fold;
  return (
    <>
      <td className={styles.time}>{clock.read(told.fromMs, "millisecond")}</td>
      <td className={styles.loop} colSpan={columns - 1}>
        <button ref={button} type="button" className={styles.pick} aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={isOpen ? "down" : "right"} size={12} />
          <bdi>{words(told)}</bdi>
        </button>
        <span className="t3 nw">
          {t(lines === told.lines ? "lines" : "linesHere", {
            count: lines,
            shown: format.count(lines),
            all: format.count(told.lines),
          })}
        </span>
      </td>
    </>
  );
}
