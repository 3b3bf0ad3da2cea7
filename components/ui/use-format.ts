"use client";
import { useLocale, useTimeZone } from "next-intl";
import { useMemo } from "react";
import { formatAge, formatUntil } from "@/lib/format/age";
import { formatBytes } from "@/lib/format/bytes";
import { formatCount, formatShortCount } from "@/lib/format/count";
import { formatDuration } from "@/lib/format/duration";
import { formatClock, formatDay, formatExact, formatMoment, formatShortDay, formatTick } from "@/lib/format/instant";

type Instant = Date | string | number;

/** The pure functions of lib/format, bound to the viewer's language and time zone. */
export function useFormat() {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "Asia/Jakarta";
  return useMemo(
    () => ({
      locale,
      timeZone,
      duration: (ms: number) => formatDuration(ms, locale),
      age: (ms: number) => formatAge(ms, locale),
      until: (ms: number) => formatUntil(ms, locale),
      count: (value: number, fractionDigits = 0) => formatCount(value, locale, fractionDigits),
      shortCount: (value: number) => formatShortCount(value, locale),
      bytes: (bytes: number) => formatBytes(bytes, locale),
      exact: (at: Instant) => formatExact(new Date(at), { locale, timeZone }),
      /** "10:42:14"; with precision "minute", "10:42". */
      clock: (at: Instant, precision: "second" | "minute" | "millisecond" = "second") =>
        formatClock(new Date(at), { timeZone, precision }),
      /** "Friday 20 November" */
      day: (at: Instant) => formatDay(new Date(at), { locale, timeZone }),
      /** "20 Nov" */
      shortDay: (at: Instant) => formatShortDay(new Date(at), { locale, timeZone }),
      /** "10:42:14"; within a stretch longer than half a day "20 Nov 10:42:14". */
      moment: (at: Instant, spanMs: number, precision: "second" | "minute" | "millisecond" = "second") =>
        formatMoment(new Date(at), { locale, timeZone, spanMs, precision }),
      /** A mark of a time axis: "10:42", or "20 Nov". */
      tick: (at: Instant, spanMs: number) => formatTick(new Date(at), { locale, timeZone, spanMs }),
    }),
    [locale, timeZone],
  );
}
