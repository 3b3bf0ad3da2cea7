"use client";
import type { ReactNode } from "react";

/** A filter that is on or off, with how many rows it stands for. */
export function Chip({
  pressed,
  count,
  onPress,
  children,
}: {
  pressed: boolean;
  /** Already formatted. */
  count?: ReactNode;
  onPress: () => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className="chip" aria-pressed={pressed} onClick={onPress}>
      {children}
      {count === undefined ? null : <span className="c">{count}</span>}
    </button>
  );
}
