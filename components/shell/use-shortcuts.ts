"use client";
import { useEffect, useRef } from "react";

interface Shortcuts {
  /** ⌘K or Ctrl K, also while typing. */
  onFind: () => void;
  /** `/`; false when the page has no search box, and the palette opens instead. */
  onSearch: () => void;
  /** `g`, then a key within a second. */
  onGo: (key: string) => void;
  /** `?` */
  onList: () => void;
}

const SECOND_KEY_MS = 1_000;

/** Single keys act only while nobody types and nothing floats. */
export function isFreeKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]"))
    return false;
  return document.querySelector("[role=dialog]") === null;
}

/** Listens for the keys that work on every page. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let goAt = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.onFind();
        return;
      }
      if (!isFreeKey(event)) return;
      if (Date.now() - goAt < SECOND_KEY_MS) {
        goAt = 0;
        latest.current.onGo(event.key);
      } else if (event.key === "g") goAt = Date.now();
      else if (event.key === "/") {
        event.preventDefault();
        latest.current.onSearch();
      } else if (event.key === "?") latest.current.onList();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
