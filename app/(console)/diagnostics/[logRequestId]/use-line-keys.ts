"use client";

import { useEffect } from "react";
import { isFreeKey } from "@/components/shell/use-shortcuts";

/** Keys of the log: j and k move between lines, e and Shift+e between failures, Escape closes the open line. */
export function useLineKeys({
  onMove,
  onFailure,
  onClose,
}: {
  onMove: (by: 1 | -1) => void;
  onFailure: (direction: "next" | "previous") => void;
  /** Null: nothing is open. */
  onClose: (() => void) | null;
}): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isFreeKey(event)) return;
      if (event.key === "j") onMove(1);
      else if (event.key === "k") onMove(-1);
      else if (event.key === "e") onFailure("next");
      else if (event.key === "E") onFailure("previous");
      else if (event.key === "Escape" && onClose) onClose();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [onMove, onFailure, onClose]);
}
