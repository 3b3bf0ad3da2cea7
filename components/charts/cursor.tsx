"use client";
import { createContext, use, useMemo, useState, type ReactNode } from "react";

interface Cursor {
  /** Instant the reader points at, in ms; null when at none. */
  at: number | null;
  point: (at: number | null) => void;
}

const CursorContext = createContext<Cursor | null>(null);

/** One cursor for all charts below it. */
export function ChartCursor({ children }: { children: ReactNode }) {
  const [at, point] = useState<number | null>(null);
  return <CursorContext value={useMemo(() => ({ at, point }), [at])}>{children}</CursorContext>;
}

/** The shared cursor, or one of the chart's own when it stands alone. */
export function useCursor(): Cursor {
  const [at, point] = useState<number | null>(null);
  const shared = use(CursorContext);
  return shared ?? { at, point };
}
