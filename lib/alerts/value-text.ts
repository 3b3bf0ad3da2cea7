import { formatBytes } from "@/lib/format/bytes";
import type { Unit } from "./schemas";

const UNIT: Record<Exclude<Unit, "bytes">, string> = {
  truth: "",
  count: "",
  percent: " %",
  perSecond: " per second",
  seconds: " s",
  milliseconds: " ms",
};

/** A value with its unit, as English notices and conditions have it: `23 %`, `16 GB`. Sizes are rounded, as people read them. */
export const valueText = (value: number, unit: Unit): string =>
  unit === "bytes" ? formatBytes(value, "en").replace("\u00a0", " ") : `${value}${UNIT[unit]}`;
