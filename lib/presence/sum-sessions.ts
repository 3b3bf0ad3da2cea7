import type { SessionRow } from "./read-sessions";
import type { SessionColumn } from "./schemas";

/**
 * Sessions and the gaps between them, summed into `count` equal columns from one instant to another: shares of time online, and
 * offline with the session kept. A gap counts as queued when the session before it was. What comes after the last ending is left
 * to whoever knows the present. `sessions` are oldest first, `before` the one that ended before the first column.
 */
export function sumSessions(
  sessions: readonly SessionRow[],
  { before, fromMs, toMs, count }: { before: SessionRow | null; fromMs: number; toMs: number; count: number },
): SessionColumn[] {
  const columnMs = (toMs - fromMs) / count;
  const sums = Array.from({ length: count }, () => ({ online: 0, queued: 0, connects: 0 }));
  const add = (what: "online" | "queued", start: number, end: number): void => {
    const [a, b] = [Math.max(fromMs, start), Math.min(toMs, end)];
    if (a >= b) return;
    const last = Math.min(count - 1, Math.floor((b - fromMs) / columnMs));
    for (let n = Math.floor((a - fromMs) / columnMs); n <= last; n += 1) {
      const column = sums[n];
      const begin = fromMs + n * columnMs;
      if (column) column[what] += Math.max(0, Math.min(b, begin + columnMs) - Math.max(a, begin));
    }
  };
  let previous = before;
  for (const session of sessions) {
    if (previous?.ending === "queued") add("queued", previous.endedMs, session.startedMs);
    // Where two overlap (a correction came late) the time is counted once.
    add("online", Math.max(session.startedMs, previous?.endedMs ?? 0), session.endedMs);
    const column = sums[Math.floor((session.startedMs - fromMs) / columnMs)];
    if (column) column.connects += 1;
    previous = session;
  }
  return sums.map(({ online, queued, connects }) => ({
    online: rounded(online / columnMs),
    queued: rounded(queued / columnMs),
    connects,
  }));
}

// Finer than a pixel of height.
const rounded = (share: number): number => Math.min(1, Math.round(share * 1_000) / 1_000);
