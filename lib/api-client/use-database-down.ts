"use client";
import { useEffect, useEffectEvent, useState } from "react";
import { DATABASE_DOWN } from "@/lib/db/terms";

/**
 * Whether a page failed because the database does not answer: its failure says so by its digest, or else the console, which is asked once.
 * It is asked again every few seconds then, and `onBack` called when the database answers, until it brought something else. Needs no session.
 */
export function useDatabaseDown({ digest, onBack }: { digest: string | undefined; onBack: () => void }): boolean {
  const [toldOf, setToldOf] = useState<string | null | undefined>(null);
  const isDown = digest === DATABASE_DOWN || digest === toldOf;
  const tellBack = useEffectEvent(onBack);
  useEffect(() => {
    const stop = new AbortController();
    const told = { onDown: () => setToldOf(digest), onBack: () => tellBack() };
    // Every page has this for when it fails; what asks comes then.
    void import("./readiness").then(({ watchDatabase }) => watchDatabase({ isDown, signal: stop.signal, ...told }));
    return () => stop.abort();
  }, [digest, isDown]);
  return isDown;
}
