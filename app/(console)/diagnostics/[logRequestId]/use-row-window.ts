"use client";

import { useCallback, useEffect, useState } from "react";

// Browsers draw nothing beyond about 17 million pixels (Firefox); a longer list is scrolled in larger steps.
const TALLEST_PX = 12_000_000;
const OVERSCAN = 12;

/** For the element that scrolls. */
export type SetScroller = (element: HTMLElement | null) => void;

export interface RowWindow {
  /** The first row that is drawn, and the one after the last. */
  start: number;
  end: number;
  /** Where a row stands inside the scroller's content. */
  topOf: (index: number) => number;
  heightPx: number;
  /** Whether there is something to scroll yet. */
  isReady: boolean;
  scrollTo: (index: number) => void;
}

/**
 * Which rows of a list of equal rows are in view. Nothing is kept of the others, so a million rows cost what forty do. A list taller than a
 * browser can draw is mapped on a shorter one: a pixel of scrolling then moves it by more than one.
 */
export function useRowWindow({ count, rowPx }: { count: number; rowPx: number }): readonly [SetScroller, RowWindow] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [{ top, height }, setView] = useState({ top: 0, height: 640 });
  const fullPx = count * rowPx;
  const heightPx = Math.min(fullPx, TALLEST_PX);
  const hiddenPx = Math.max(1, heightPx - height);
  const scale = Math.max(1, (fullPx - height) / hiddenPx);
  const shownTop = Math.min(top, hiddenPx) * scale;

  useEffect(() => {
    if (!element) return undefined;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sized = new ResizeObserver(look);
    sized.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      sized.disconnect();
    };
  }, [element]);

  const scrollTo = useCallback(
    (index: number): void => {
      if (!element) return;
      const from = index * rowPx;
      const seen = element.scrollTop * scale;
      // Under the sticky head there is a row's height less.
      if (from >= seen && from + rowPx * 2 <= seen + element.clientHeight) return;
      element.scrollTo({ top: Math.max(0, from - element.clientHeight / 3) / scale });
    },
    [element, rowPx, scale],
  );

  const view: RowWindow = {
    start: Math.max(0, Math.floor(shownTop / rowPx) - OVERSCAN),
    end: Math.min(count, Math.ceil((shownTop + height) / rowPx) + OVERSCAN),
    topOf: (index) => index * rowPx - shownTop + Math.min(top, hiddenPx),
    heightPx,
    isReady: element !== null,
    scrollTo,
  };
  return [setElement, view];
}
