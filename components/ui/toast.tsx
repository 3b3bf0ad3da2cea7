"use client";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import type { ToastRequest, ToastWords } from "./toast-list";

const EVENT = "liveconnect:toast";

const ask = (request: ToastRequest): void => void window.dispatchEvent(new CustomEvent(EVENT, { detail: request }));

/** Short news at the corner: 5 s for what went well or waits, until closed for what failed. Not for what is on screen. */
export const toast = {
  done: (words: ToastWords) => ask({ status: "online", words, durationMs: 5_000 }),
  waiting: (words: ToastWords) => ask({ status: "offline_queued", words, durationMs: 5_000 }),
  failed: (words: ToastWords) => ask({ status: "trouble", words, durationMs: Number.POSITIVE_INFINITY }),
};

// Loaded with the first toast: most visits never see one.
const ToastList = lazy(() => import("./toast-list"));

/** Where toasts appear; once, in the root layout. Nothing until the first, then the list for good. */
export function Toaster() {
  const [asked, setAsked] = useState<{ wanted: boolean; requests: readonly ToastRequest[] }>(NOTHING);
  useEffect(() => {
    const onAsk = (event: Event) => {
      if (!(event instanceof CustomEvent)) return;
      setAsked((before) => ({ wanted: true, requests: [...before.requests, event.detail as ToastRequest] }));
    };
    window.addEventListener(EVENT, onAsk);
    return () => window.removeEventListener(EVENT, onAsk);
  }, []);
  const onShown = useCallback(() => setAsked({ wanted: true, requests: [] }), []);
  return asked.wanted ? (
    <Suspense fallback={null}>
      <ToastList asked={asked.requests} onShown={onShown} />
    </Suspense>
  ) : null;
}

const NOTHING = { wanted: false, requests: [] };
