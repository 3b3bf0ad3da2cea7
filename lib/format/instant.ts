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
