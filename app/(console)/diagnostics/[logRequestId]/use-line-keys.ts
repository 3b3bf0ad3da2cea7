"use client";

import { useEffect } from "react";
import { isFreeKey } from "@/components/shell/use-shortcuts";
import { FAILED } from "@/lib/api-client/diagnostics";
import type { LogLine } from "@/lib/diagnostics/schemas";

const isFailure = (line: LogLine): boolean => FAILED.some((name) => name === line.class);

/** Keys of the log: j and k move between lines, e goes to the next failure, Escape closes the open line. */
export function useLineKeys(options: {
  lines: readonly LogLine[];
  chosen: number | null;
  onGo: (index: number) => void;
  onClose: () => void;
}): void {
  const { lines, chosen, onGo, onClose } = options;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isFreeKey(event)) return;
      const at = lines.findIndex((line) => line.n === chosen);
      if (event.key === "j") onGo(at + 1);
      else if (event.key === "k") onGo(Math.max(0, at - 1));
      else if (event.key === "e") onGo(lines.findIndex((line, index) => index > at && isFailure(line)));
      else if (event.key === "Escape" && chosen !== null) onClose();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [lines, chosen, onGo, onClose]);
}
