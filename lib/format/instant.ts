// Names of Indonesia's zones, which Intl gives only in Indonesian.
const INDONESIA = /^Asia\/(Jakarta|Pontianak|Makassar|Jayapura)$/;

/** A zone as people call it: "WIB (UTC+7)", elsewhere "Asia/Singapore (UTC+8)". */
export function zoneName(options: { locale: string; timeZone: string }, at = new Date(0)): string {
  const name = (locale: string, style: "short" | "shortOffset") =>
    new Intl.DateTimeFormat(locale, { timeZone: options.timeZone, timeZoneName: style })
      .formatToParts(at)
      .find((part) => part.type === "timeZoneName")?.value ?? options.timeZone;
  const offset = name("en", "shortOffset").replace("GMT", "UTC");
  return `${INDONESIA.test(options.timeZone) ? name("id", "short") : options.timeZone} (${offset})`;
}

/** An instant in the viewer's zone and in UTC, for the hover of an age: "20 Nov 2026, 10:42:14 WIB · 03:42:14 UTC"; in UTC once. */
export function formatExact(at: Date, options: { locale: string; timeZone: string }): string {
  const local = new Intl.DateTimeFormat(options.locale === "en" ? "en-GB" : options.locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: options.timeZone,
  }).format(at);
  const zone = zoneName(options, at).split(" ")[0] ?? "";
  return zone === "UTC" ? `${local} UTC` : `${local} ${zone} · ${at.toISOString().slice(11, 19)} UTC`;
}

/** Time of day in the viewer's zone, "10:42:14", or without seconds "10:42". */
export function formatClock(
  at: Date,
  options: { timeZone: string; precision?: "second" | "minute" | "millisecond" },
): string {
  const text = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(options.precision === "minute" ? {} : { second: "2-digit" }),
    ...(options.precision === "millisecond" ? { fractionalSecondDigits: 3 } : {}),
    hourCycle: "h23",
    timeZone: options.timeZone,
  }).format(at);
  return text;
}

/** A day in words: "Friday 20 November", "Jumat, 20 November". */
export const formatDay = (at: Date, options: { locale: string; timeZone: string }): string =>
  new Intl.DateTimeFormat(options.locale === "en" ? "en-GB" : options.locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: options.timeZone,
  }).format(at);

/** A key that is equal for instants of one day in the zone: "2026-11-20". */
export const dayKey = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).format(at);

/** A day as short as an axis needs it: "20 Nov". */
export const formatShortDay = (at: Date, options: { locale: string; timeZone: string }): string =>
  new Intl.DateTimeFormat(options.locale === "en" ? "en-GB" : options.locale, {
    day: "numeric",
    month: "short",
    timeZone: options.timeZone,
  }).format(at);

/** In a longer stretch a time of day may be of either of two days. */
export const HALF_A_DAY_MS = 43_200_000;
const TWO_DAYS_MS = 172_800_000;

/**
 * A time of day within a stretch of `spanMs`, "10:42:14"; with its day, "20 Nov 10:42:14", where the stretch is so long that the time
 * alone could be of either.
 */
export const formatMoment = (
  at: Date,
  options: { locale: string; timeZone: string; spanMs: number; precision?: "second" | "minute" | "millisecond" },
): string =>
  options.spanMs > HALF_A_DAY_MS
    ? `${formatShortDay(at, options)} ${formatClock(at, options)}`
    : formatClock(at, options);

/** A mark of a time axis of `spanMs`: its time, "10:42"; its day, "20 Nov", at midnight and on an axis of more than two days. */
export function formatTick(at: Date, options: { locale: string; timeZone: string; spanMs: number }): string {
  const time = formatClock(at, { timeZone: options.timeZone, precision: "minute" });
  return options.spanMs > TWO_DAYS_MS || time === "00:00" ? formatShortDay(at, options) : time;
}
