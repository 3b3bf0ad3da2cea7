import { formatWords, type FormatWords } from "./words";

type Unit = keyof FormatWords["units"];

const UNITS: readonly { unit: Unit; ms: number }[] = [
  { unit: "d", ms: 86_400_000 },
  { unit: "h", ms: 3_600_000 },
  { unit: "min", ms: 60_000 },
  { unit: "s", ms: 1_000 },
];

/**
 * A length of time in at most two neighbouring units, rounded down: "6 h 12 min", "1 d 4 h", "4 s"; under a second "214 ms".
 * Seconds are dropped from five minutes on. A negative length reads as nothing: "0 s".
 */
export function formatDuration(ms: number, locale: string): string {
  const { units } = formatWords(locale);
  if (ms > 0 && ms < 1_000) return `${Math.max(1, Math.round(ms))}\u00a0${units.ms}`;
  const first = UNITS.findIndex((candidate) => ms >= candidate.ms);
  const larger = UNITS[first];
  if (!larger) return `0\u00a0${units.s}`;
  const whole = Math.floor(ms / larger.ms);
  const head = `${whole}\u00a0${units[larger.unit]}`;
  const smaller = UNITS[first + 1];
  if (!smaller || (larger.unit === "min" && whole >= 5)) return head;
  const rest = Math.floor((ms % larger.ms) / smaller.ms);
  return rest === 0 ? head : `${head} ${rest}\u00a0${units[smaller.unit]}`;
}
