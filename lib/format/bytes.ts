import { formatCount } from "./count";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in decimal units: "512 B", "1.2 MB". */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${formatCount(value, locale, unit === 0 || value >= 100 ? 0 : 1)}\u00a0${UNITS[unit] ?? "TB"}`;
}
