/** Lowest and highest value of a chart, and the values its lines stand at, both ends among them. */
export interface ValueScale {
  low: number;
  high: number;
  ticks: number[];
}

const ROUND_STEPS = [1, 2, 2.5, 5, 10];

/**
 * A round scale of at most four lines over the values. `zero` begins it at nothing, as areas and bars must. Where all values are whole, so
 * are its lines: half a client is none.
 */
export function valueScale(values: readonly number[], options: { zero: boolean }): ValueScale {
  if (values.length === 0) return valueScale([0, 1], options);
  const highest = Math.max(...values, ...(options.zero ? [0] : []));
  const lowest = options.zero ? 0 : Math.min(...values);
  const span = highest - lowest || Math.max(1, Math.abs(highest) * 0.1);
  const step = roundUp(span / 3, values.every(Number.isInteger));
  const low = Math.floor(lowest / step) * step;
  const high = Math.max(low + step, Math.ceil((lowest + span) / step) * step);
  const count = Math.round((high - low) / step);
  return { low, high, ticks: Array.from({ length: count + 1 }, (_, n) => Number((low + n * step).toPrecision(12))) };
}

function roundUp(least: number, isWhole: boolean): number {
  const step = isWhole ? Math.max(1, least) : least;
  const power = 10 ** Math.floor(Math.log10(step));
  const fits = (round: number) => round * power >= step * (1 - 1e-9) && (!isWhole || Number.isInteger(round * power));
  return power * (ROUND_STEPS.find(fits) ?? 10);
}

const MINUTE = 60_000;
const TIME_STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080].map((step) => step * MINUTE);

/** At most five round instants (ms) between two, by the clock of a zone that is `offsetMs` ahead of UTC. */
export function timeTicks(from: number, to: number, offsetMs = 0): number[] {
  const step = TIME_STEPS.find((candidate) => (to - from) / candidate <= 4) ?? Math.ceil((to - from) / 4);
  const first = Math.ceil((from + offsetMs) / step) * step - offsetMs;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, n) => first + n * step);
}

/** How far ahead of UTC a zone is at an instant, in ms. */
export function zoneOffsetMs(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return local - Math.floor(at / MINUTE) * MINUTE;
}
