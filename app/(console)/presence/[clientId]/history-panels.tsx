"use client";
import type { PresenceFacts } from "@/lib/presence/schemas";
import { StripPanel } from "./strip-panel";
import { TimelinePanel } from "./timeline-panel";
import { useSpan } from "./use-span";

/** A client's story twice: drawn on a strip and told in a list, of the same stretch of time. */
export default function HistoryPanels({
  clientId,
  presence,
  knownSince,
  openedAt,
  mayReadTimeline,
}: {
  clientId: string;
  presence: PresenceFacts | null;
  /** ISO 8601. */
  knownSince: string;
  openedAt: number;
  mayReadTimeline: boolean;
}) {
  const span = useSpan(openedAt);
  return (
    <>
      <StripPanel
        clientId={clientId}
        presence={presence}
        knownSince={knownSince}
        span={span}
        mayReadTimeline={mayReadTimeline}
      />
      {mayReadTimeline ? <TimelinePanel clientId={clientId} span={span.timeline} /> : null}
    </>
  );
}
