import { formatWords } from "./words";

/** A number with grouped digits, "12 408" or "12.408", and at most `fractionDigits` decimals (none by default). */
export function formatCount(value: number, locale: string, fractionDigits = 0): string {
  const { group, decimal } = formatWords(locale);
  const [whole = "0", fraction = ""] = Math.abs(value).toFixed(fractionDigits).split(".");
  const kept = fraction.replace(/0+$/, "");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, group) + (kept === "" ? "" : decimal + kept);
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
}

const STEPS = [
  { from: 1e9, sign: "G" },
  { from: 1e6, sign: "M" },
  { from: 1e3, sign: "k" },
] as const;

/** A number as short as an axis needs it: "950", "3k", "1.2M". */
export function formatShortCount(value: number, locale: string): string {
  const step = STEPS.find((candidate) => Math.abs(value) >= candidate.from);
  return step
    ? `${formatCount(value / step.from, locale, 1)}${step.sign}`
    : formatCount(value, locale, Math.abs(value) < 10 ? 1 : 0);
}
