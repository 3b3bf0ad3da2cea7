"use client";

import { useSyncExternalStore } from "react";

// As in log.module.css: below it a row is two lines.
const NARROW = "(max-width: 760px)";

const subscribe = (onChange: () => void): (() => void) => {
  const media = window.matchMedia(NARROW);
  media.addEventListener("change", onChange);
  return () => media.removeEventListener("change", onChange);
};

/** Whether the page is as narrow as a phone; on the server it is not. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => window.matchMedia(NARROW).matches,
    () => false,
  );
