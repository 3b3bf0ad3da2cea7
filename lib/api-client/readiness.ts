"use client";
import { useEffect, useState } from "react";

/** Whether the console says that its database does not answer; asked once, and false until it has said so. Needs no session. */
export function useDatabaseDown(): boolean {
  const [isDown, setIsDown] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    readDatabaseDown(stop.signal).then(setIsDown, () => setIsDown(false));
    return () => stop.abort();
  }, []);
  return isDown;
}

async function readDatabaseDown(signal: AbortSignal): Promise<boolean> {
  const response = await fetch("/api/readyz", { signal });
  const answer: unknown = await response.json();
  const waitsFor = isRecord(answer) ? answer.waitsFor : null;
  return isRecord(waitsFor) && typeof waitsFor.database === "string";
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
