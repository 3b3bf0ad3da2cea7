"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { hashToken, tokenIn } from "@/lib/api-client/token-paste";

const PAUSE_MS = 150;
const HISTORY_KEY = "presenceText";

interface Asked {
  text: string;
  /** SHA-256 of a pasted token, in hex. */
  tokenHash: string | null;
}
const NOTHING: Asked = { text: "", tokenHash: null };

/**
 * What stands in the search box, and what of it is asked for: the same a short pause later. It is personal data, so it
 * lives in this history entry's state, where Back finds it again, and never in the URL. Of a pasted token only the hash is
 * kept, from the moment it is pasted.
 */
export function useSearchText() {
  const kept = useSyncExternalStore(neverTold, keptAsked, () => NOTHING);
  const [typed, setTyped] = useState<Asked | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [cannotHash, setCannotHash] = useState(false);

  useEffect(() => {
    if (typed === null) return undefined;
    const timer = setTimeout(() => {
      setAsked({ ...typed, text: typed.text.trim() });
      window.history.replaceState({ ...(window.history.state as object | null), [HISTORY_KEY]: typed }, "");
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const setText = (text: string): void => {
    setCannotHash(false);
    const token = tokenIn(text);
    if (token === null) return setTyped({ text, tokenHash: null });
    setTyped(NOTHING);
    // Browsers hash only on pages that came over HTTPS, or from the machine itself.
    hashToken(token).then(
      (tokenHash) => setTyped({ text: "", tokenHash }),
      () => setCannotHash(true),
    );
  };
  return { ...(typed ?? kept), setText, asked: asked ?? kept, cannotHash };
}

let latest: Asked = NOTHING;

function keptAsked(): Asked {
  const kept = (window.history.state as Record<string, Partial<Asked> | undefined> | null)?.[HISTORY_KEY];
  const { text = "", tokenHash = null } = kept ?? {};
  // The same object for the same words: React compares what a store gives by identity.
  if (latest.text !== text.trim() || latest.tokenHash !== tokenHash) latest = { text: text.trim(), tokenHash };
  return latest;
}

// History tells nobody when its state is replaced; what is typed here is newer than it anyway.
const neverTold = () => () => undefined;
