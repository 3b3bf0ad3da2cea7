import type { NextOnline, OnlineSpan, UsualHours } from "./schemas";

/**
 * What is usual for one client, from its own past alone: pure functions on the spans it was online, in the clock of a zone.
 * `since`: from when on its history is known; days before it are not days offline.
 */
export interface Past {
  /** In order, not overlapping; ms since the epoch. */
  spans: readonly OnlineSpan[];
  since: number;
  now: number;
  /** How far the zone is ahead of UTC at an instant, ms. */
  offsetAt: (at: number) => number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
// Four weeks: each weekday four times, and a change of habit is forgotten within a month.
export const MOST_DAYS = 28;
// Fewer days say nothing that the next would not overturn. A guess to revisit.
const LEAST_DAYS = 5;
// The band holds three days of four; the others are what its last figure (9 of 12) admits.
const BAND_SHARE = 0.75;
// A band wider than this tells an agent nothing to say.
const WIDEST_BAND = 6 * HOUR;

/**
 * When it will probably be online again, from the days on which it was offline at this time of day: of the days like today (weekday
 * or weekend) when they are enough, else of all. The band is the shortest that holds three quarters of those days, `usually` their
 * middle. `too_little`: fewer than five such days; `no_pattern`: the band would be wider than six hours, or it stayed away.
 */
export function nextOnline(past: Past): NextOnline {
  const { now } = past;
  const days = daysBack(past).filter((day) => !isOnlineAt(past.spans, day.at));
  const alike = days.filter((day) => isWeekend(day.at, past) === isWeekend(now, past));
  const compared = alike.length >= LEAST_DAYS ? alike : days;
  if (compared.length < LEAST_DAYS) return { status: "too_little", days: compared.length };
  const waits = compared.flatMap(({ at }) => {
    const next = past.spans.find((span) => span.from >= at);
    return next && next.from - at < DAY ? [next.from - at] : [];
  });
  const band = shortestBand(
    waits.toSorted((a, b) => a - b),
    Math.ceil(compared.length * BAND_SHARE),
  );
  if (!band || band.to - band.from > WIDEST_BAND)
    return { status: "no_pattern", days: compared.length, cameBack: waits.length };
  return {
    status: "estimated",
    usually: iso(now + band.middle),
    from: iso(now + band.from),
    to: iso(now + band.to),
    within: band.count,
    days: compared.length,
  };
}

/** Share of each hour of the local day it was online, of the days like today, or of all when those are too few. */
export function usualHours(past: Past): UsualHours {
  const starts = localDays(past);
  const alike = starts.filter((start) => isWeekend(start, past) === isWeekend(past.now, past));
  const days = alike.length >= LEAST_DAYS ? alike : starts;
  const hours = Array.from({ length: 24 }, (_, hour) => {
    if (days.length === 0) return 0;
    const online = days.reduce(
      (sum, start) => sum + onlineBetween(past.spans, start + hour * HOUR, start + (hour + 1) * HOUR),
      0,
    );
    return online / (days.length * HOUR);
  });
  return { hours, days: days.length, isWeekend: days === alike ? isWeekend(past.now, past) : null };
}

/** This time of day on each of the days before that are known. */
function daysBack({ now, since, offsetAt }: Past): { at: number }[] {
  return Array.from({ length: MOST_DAYS }, (_, n) => {
    const before = now - (n + 1) * DAY;
    // The same hour by the clock, also across a change of the zone's offset.
    return { at: before + offsetAt(now) - offsetAt(before) };
  }).filter(({ at }) => at >= since);
}

/** Beginnings of the whole local days that are known, latest first. */
function localDays({ now, since, offsetAt }: Past): number[] {
  const midnight = (at: number) => Math.floor((at + offsetAt(at)) / DAY) * DAY - offsetAt(at);
  return Array.from({ length: MOST_DAYS }, (_, n) => midnight(now - (n + 1) * DAY)).filter((start) => start >= since);
}

function isWeekend(at: number, { offsetAt }: Past): boolean {
  const day = new Date(at + offsetAt(at)).getUTCDay();
  return day === 0 || day === 6;
}

const isOnlineAt = (spans: readonly OnlineSpan[], at: number): boolean =>
  spans.some((span) => span.from <= at && at < span.to);

const onlineBetween = (spans: readonly OnlineSpan[], from: number, to: number): number =>
  spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);

/** The narrowest stretch of sorted waits that holds at least `count` of them; null when there are not so many. */
function shortestBand(waits: readonly number[], count: number) {
  let best: { from: number; to: number; middle: number; count: number } | null = null;
  for (let first = 0; first + count <= waits.length; first += 1) {
    const held = waits.slice(first, first + count);
    const [from, to] = [held[0] ?? 0, held.at(-1) ?? 0];
    if (!best || to - from < best.to - best.from) best = { from, to, middle: held[held.length >> 1] ?? from, count };
  }
  return best;
}

const iso = (ms: number): string => new Date(ms).toISOString();
