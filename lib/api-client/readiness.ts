"use client";
import { useEffect, useEffectEvent, useState } from "react";
import { DATABASE_DOWN } from "@/lib/errors";

// As often as a page that is open asks anew.
const PAUSE_MS = 3_000;

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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const answer = await readDatabaseDown(stop.signal).catch(() => null);
      if (stop.signal.aborted) return;
      if (answer) setToldOf(digest);
      else if (answer === false && isDown) tellBack();
      if (isDown) timer = setTimeout(() => void ask(), PAUSE_MS);
    };
    void ask();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [digest, isDown]);
  return isDown;
}

async function readDatabaseDown(signal: AbortSignal): Promise<boolean> {
  const response = await fetch("/api/readyz", { signal });
  const answer: unknown = await response.json();
  const waitsFor = isRecord(answer) ? answer.waitsFor : null;
  return isRecord(waitsFor) && typeof waitsFor.database === "string";
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
