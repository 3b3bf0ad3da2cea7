"use client";

import { useState } from "react";
import type { LogFold, LogIndex } from "@/lib/diagnostics/index-log";
import type { LoopTold } from "@/lib/diagnostics/log/loops";
import { foldRows, type FoldedRows } from "./fold-rows";

/** A fold of the table and the loop it is of. */
export interface FoldOfLoop extends LogFold {
  told: LoopTold;
  isOpen: boolean;
}

export interface LogRows extends FoldedRows {
  folds: readonly FoldOfLoop[];
  /** Opens the fold that a line is in, if any, and leaves it open. */
  openAt: (n: number) => void;
  toggle: (fold: FoldOfLoop) => void;
}

/**
 * The rows of a log's table: each loop is one until it is opened. A fold with a line in it that is looked at is open, so that a link to a line
 * shows it.
 */
export function useLogRows(options: {
  index: LogIndex | undefined;
  isFolding: boolean;
  /** Numbers of lines that are looked at. */
  seen: readonly (number | null)[];
}): LogRows {
  const { index, isFolding, seen } = options;
  // By the number of their first line, which stays when the filter changes around them.
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const folds = (isFolding ? (index?.folds ?? []) : []).flatMap((fold) =>
    (index?.loops.slice(fold.loop, fold.loop + 1) ?? []).map((told) => ({
      ...fold,
      told,
      isOpen: opened.has(fold.first) || seen.some((n) => n !== null && holds(fold, n)),
    })),
  );
  return {
    folds,
    ...foldRows(index?.total ?? 0, folds, (fold) => folds[fold]?.isOpen ?? false),
    openAt: (n) => {
      const fold = folds.find((one) => holds(one, n));
      if (fold) setOpened(new Set([...opened, fold.first]));
    },
    toggle: ({ first, isOpen }) =>
      setOpened(new Set(isOpen ? [...opened].filter((one) => one !== first) : [...opened, first])),
  };
}

/** Whether a line, if it is shown, is one of a fold's. */
export const holds = ({ first, last }: Pick<LogFold, "first" | "last">, n: number): boolean => first <= n && n <= last;
