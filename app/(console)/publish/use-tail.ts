"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { watchTopics } from "@/lib/api-client/tail";
import type { TailLine, TailMessage } from "@/lib/publish/schemas";

// What somebody scrolls back through; older ones are let go.
const MOST_KEPT = 300;

export type TailState =
  | { status: "connecting" }
  | { status: "watching"; endsAt: string; ratePerSecond: number }
  | { status: "stopped" }
  | { status: "over"; reason: "time" | "lost" }
  | { status: "refused"; why: string };

export interface TailView {
  state: TailState;
  /** Newest first. */
  messages: readonly TailMessage[];
  /** More came than are shown in a second. */
  skipped: number;
  paused: boolean;
  /** Came while it was paused, and shown when it goes on. */
  waiting: number;
  pause: (paused: boolean) => void;
  stop: () => void;
}

/** Watches a topic filter while the component lives. connecting → watching → stopped | over | refused; paused messages wait, as far as they are kept. */
export function useTail(topicFilter: string): TailView {
  const [state, setState] = useState<TailState>({ status: "connecting" });
  const [messages, setMessages] = useState<readonly TailMessage[]>([]);
  const [shown, setShown] = useState<readonly TailMessage[] | null>(null);
  const [skipped, setSkipped] = useState(0);
  const stream = useRef<AbortController | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    stream.current = controller;
    const onLine = (line: TailLine): void => {
      if (line.kind === "opened") {
        setMessages([]);
        setState({ status: "watching", endsAt: line.endsAt, ratePerSecond: line.ratePerSecond });
      } else if (line.kind === "ended") setState({ status: "over", reason: line.reason });
      else setSkipped(line.skipped);
      if (line.kind === "message") setMessages((before) => [line, ...before].slice(0, MOST_KEPT));
    };
    watchTopics({ topicFilter, signal: controller.signal, onLine }).then(
      // A stream that ends without saying so was cut.
      () => setState((before) => (before.status === "watching" ? { status: "over", reason: "lost" } : before)),
      (error: unknown) => {
        if (!controller.signal.aborted)
          setState({ status: "refused", why: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => controller.abort();
  }, [topicFilter]);

  return {
    state,
    messages: shown ?? messages,
    skipped,
    paused: shown !== null,
    waiting: shown === null ? 0 : (messages[0]?.number ?? 0) - (shown[0]?.number ?? 0),
    pause: useCallback((paused: boolean) => setShown(paused ? messages : null), [messages]),
    stop: useCallback(() => {
      stream.current?.abort();
      setState({ status: "stopped" });
    }, []),
  };
}
