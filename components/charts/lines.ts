import type { Tone } from "./tones";

/** A line of a chart. */
export interface Series {
  key: string;
  name: string;
  tone: Tone;
  /** Key of the same line of an earlier time: drawn pale under it, its value in brackets. */
  before?: string;
  /** One of many that do not stand out: drawn thin, without a place in the legend. */
  quiet?: boolean;
}

/** One instant (ms) and the value of each series at it; null or absent where it is not known, drawn as a gap. */
export interface ChartRow {
  at: number;
  values: Readonly<Record<string, number | null | undefined>>;
}

/** A stretch of time, ms. */
export interface TimeSpan {
  from: number;
  to: number;
}
