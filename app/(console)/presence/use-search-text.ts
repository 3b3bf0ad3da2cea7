"use client";
import { useEffect, useState, useSyncExternalStore } from "react";

const PAUSE_MS = 150;
const HISTORY_KEY = "presenceText";

/**
 * What stands in the search box, and what of it is asked for: the same a short pause later. It is personal data, so it
 * lives in this history entry's state, where Back finds it again, and never in the URL.
 */
export function useSearchText() {
  const kept = useSyncExternalStore(neverTold, keptText, () => "");
  const [typed, setTyped] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);

  useEffect(() => {
    if (typed === null) return undefined;
    const timer = setTimeout(() => {
      setAsked(typed.trim());
      window.history.replaceState({ ...(window.history.state as object | null), [HISTORY_KEY]: typed }, "");
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  return { text: typed ?? kept, setText: setTyped, asked: asked ?? kept.trim() };
}

function keptText(): string {
  const kept: unknown = (window.history.state as Record<string, unknown> | null)?.[HISTORY_KEY];
  return typeof kept === "string" ? kept : "";
}

// History tells nobody when its state is replaced; what is typed here is newer than it anyway.
const neverTold = () => () => undefined;
