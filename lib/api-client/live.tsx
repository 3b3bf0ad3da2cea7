"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { createContext, startTransition, useContext, useEffect, useState, type ReactNode } from "react";
import { afterLoad } from "./after-load";
import type { LiveState } from "./event-stream";
import { isOpenPage } from "./request";

const LiveContext = createContext<LiveState>({ status: "connecting" });

/** State of the live stream, for the indicator: renders its reader at most once a second while nothing is wrong. */
export const useLive = (): LiveState => useContext(LiveContext);

/** Holds this tab's event stream while someone is signed in and looks at it, and patches the query cache from it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const signedIn = !isOpenPage(usePathname());
  const [state, setState] = useState<LiveState>({ status: "connecting" });

  useEffect(() => {
    if (!signedIn) return;
    let isOver = false;
    let close: (() => void) | null = null;
    // As a transition: an urgent update would make React draw again what the server's stream is still bringing.
    const onState = (next: LiveState) =>
      startTransition(() => setState((shown) => (isSameToTheReader(shown, next) ? shown : next)));
    const open = async () => {
      // After the page's first sight, which needs none of it.
      await afterLoad();
      const { openLiveFeed } = await import("./live-feed");
      if (!isOver) close = openLiveFeed(queryClient, onState);
    };
    void open();
    return () => {
      isOver = true;
      close?.();
    };
  }, [queryClient, signedIn]);

  return <LiveContext value={state}>{children}</LiveContext>;
}

const isSameToTheReader = (shown: LiveState, next: LiveState): boolean =>
  shown.status === "live" && next.status === "live" && next.lastMessageAt - shown.lastMessageAt < 1_000;
