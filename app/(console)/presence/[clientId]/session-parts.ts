import type { StripPart } from "@/components/charts/strip";
import type { EndedSession, PresenceFacts, SessionColumn, SessionHistory } from "@/lib/presence/schemas";

/**
 * The stretches of a client's strip, in order: each session online, then queued until the next where its session was kept,
 * nothing where it was gone; last what is known of now. `sessions` are in order of their end.
 */
export function sessionParts(
  sessions: readonly EndedSession[],
  presence: PresenceFacts | null,
  now: number,
): StripPart[] {
  const nextStart = presence && isOpen(presence) ? ms(presence.startedAt) : now;
  const parts = sessions.flatMap((session, n): StripPart[] => {
    const [start, end] = [ms(session.startedAt), ms(session.endedAt)];
    const next = sessions[n + 1];
    const until = Math.max(end, next ? ms(next.startedAt) : nextStart);
    return [
      { state: "online", from: start, to: end },
      ...(session.ending === "queued" && until > end
        ? [{ state: "offline_queued" as const, from: end, to: until }]
        : []),
    ];
  });
  return [...parts, ...present(presence, now)].filter((part) => part.to > part.from);
}

const ms = (at: string): number => Date.parse(at);

/** True while the last session has not ended, as far as its node told; what ended with its node's boot has no end told. */
const isOpen = (presence: PresenceFacts): boolean => ms(presence.startedAt) > 0 && !hasEnded(presence);
const hasEnded = (presence: PresenceFacts): boolean =>
  presence.state === "offline_queued" || presence.state === "offline_gone";

function present(presence: PresenceFacts | null, now: number): StripPart[] {
  if (!presence || hasEnded(presence)) return [];
  const since = presence.state === "unknown" ? Math.max(ms(presence.since), ms(presence.startedAt)) : now;
  return [
    { state: "online", from: ms(presence.startedAt), to: since },
    { state: "unknown", from: since, to: now },
  ];
}

/** How long the parts were online between two instants, ms. */
export const onlineMs = (parts: readonly StripPart[], from: number, to: number): number =>
  parts
    .filter((part) => part.state === "online")
    .reduce((sum, part) => sum + Math.max(0, Math.min(to, part.to) - Math.max(from, part.from)), 0);

/** What the strip draws of a span: sessions one by one, or their sums in columns and one by one what came after the last of them. */
export interface DrawnHistory {
  parts: readonly StripPart[];
  columns: Extract<SessionHistory, { detail: "columns" }> | null;
  /** In the span, ms. */
  onlineMs: number;
}

/** A history as it is drawn between two instants; null: not read yet. */
export function drawnHistory(
  history: SessionHistory | null,
  presence: PresenceFacts | null,
  { from, to }: { from: number; to: number },
): DrawnHistory {
  if (!history) return { parts: [], columns: null, onlineMs: 0 };
  if (history.detail === "sessions") {
    const parts = sessionParts(history.sessions, presence, to);
    return { parts, columns: null, onlineMs: onlineMs(parts, from, to) };
  }
  const summedTo = history.last ? ms(history.last.endedAt) : from;
  const parts = sessionParts(history.last ? [history.last] : [], presence, to)
    .filter((part) => part.to > summedTo)
    .map((part) => ({ ...part, from: Math.max(part.from, summedTo) }));
  const inColumns =
    history.columns.reduce((sum: number, { online }: SessionColumn) => sum + online, 0) * history.columnMs;
  return { parts, columns: history, onlineMs: inColumns + onlineMs(parts, from, to) };
}
