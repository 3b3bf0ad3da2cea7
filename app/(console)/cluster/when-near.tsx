"use client";
import { Suspense, useEffect, useRef, useState, type ReactNode } from "react";

// A screen ahead of the reader, so that what comes is there when they are.
const AHEAD = "400px";

/** What stands below the fold: loaded, and asked for, when the reader comes near. Its place is kept. */
export function WhenNear({ height, children }: { height: number; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    if (isNear || !place.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setIsNear(true),
      { rootMargin: AHEAD },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isNear]);
  const kept = <div ref={place} style={{ minHeight: height }} />;
  return isNear ? <Suspense fallback={kept}>{children}</Suspense> : kept;
}
