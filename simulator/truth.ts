import { readFile } from "node:fs/promises";
import { z } from "zod";

/**
 * What really happened to phones, from the phones' own view: JSON lines of three kinds.
 *
 *   run        once, first: what was played, and how fast
 *   step       something was done to the phones or to the broker
 *   interval   a client was connected. Written when it begins (`to` null) and again when it ends, or when more is known of its ending:
 *              the last line with one `interval` number counts. A file cut off by a crash is therefore true up to the crash.
 */

/**
 * How a connection ended: the phone said DISCONNECT · its socket was closed without · its network was gone without a word (the broker
 * may take it for connected until its keep-alive is over) · its process was ended · another connection of the client came · the other
 * side closed it and did not say why.
 */
export const ENDINGS = ["disconnect", "cut", "silent", "killed", "taken-over", "lost"] as const;
export type TrueEnding = (typeof ENDINGS)[number];

const instant = z.iso.datetime();

export const runLineSchema = z.object({
  run: z.string(),
  at: instant,
  seed: z.number(),
  phones: z.number(),
  /** Seconds of the phones' day in one second. */
  speed: z.number(),
  /** As the phones say it at CONNECT: a silent ending is the broker's to know after 1.5 to 2.25 times this. */
  keepAliveSeconds: z.number(),
});
export type RunLine = z.output<typeof runLineSchema>;

export const stepLineSchema = z.object({ step: z.string(), at: instant });
export type StepLine = z.output<typeof stepLineSchema>;

export const intervalLineSchema = z.object({
  interval: z.number(),
  clientId: z.string(),
  /** When the phone opened the connection: the broker's session began between this and `from`, which is CONNACK. */
  attempted: instant,
  from: instant,
  to: instant.nullable(),
  /** Null behind a load balancer. */
  node: z.string().nullable(),
  ending: z.enum(ENDINGS).nullable(),
  cleanSession: z.boolean(),
});
export type IntervalLine = z.output<typeof intervalLineSchema>;

export type TruthLine = RunLine | StepLine | IntervalLine;

export interface Truth {
  run: RunLine | null;
  steps: readonly StepLine[];
  /** Each client's intervals by their beginning. */
  intervals: ReadonlyMap<string, readonly IntervalLine[]>;
}

/** `since` and `at` are ms since the epoch. */
export type TrueState =
  | { status: "connected"; node: string | null; sinceMs: number }
  | { status: "away"; sinceMs: number; ending: TrueEnding; node: string | null; cleanSession: boolean }
  | { status: "never-seen" };

/** Reads a truth file. Throws naming the first line that is none of the kinds; a last line cut off by a crash is left out. */
export const readTruth = async (file: string): Promise<Truth> => parseTruth(await readFile(file, "utf8"));

/** The same from its text. */
export function parseTruth(text: string): Truth {
  const { truth, take } = collectTruth();
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (index === lines.length - 1) break; // after the last newline: empty, or cut off
    const value: unknown = JSON.parse(line);
    const known = z.union([intervalLineSchema, stepLineSchema, runLineSchema]).safeParse(value);
    if (!known.success) throw new Error(`Line ${index + 1} of the truth is none of its kinds`, { cause: known.error });
    take(known.data);
  }
  return truth;
}

/** A truth that grows by each line it takes: for who compares while it happens. */
export function collectTruth(): { truth: Truth; take: (line: TruthLine) => void } {
  const steps: StepLine[] = [];
  const intervals = new Map<string, IntervalLine[]>();
  const truth: { run: RunLine | null; steps: StepLine[]; intervals: typeof intervals } = {
    run: null,
    steps,
    intervals,
  };
  const takeInterval = (line: IntervalLine): void => {
    const list = intervals.get(line.clientId) ?? [];
    intervals.set(line.clientId, list);
    const known = list.findLastIndex(({ interval }) => interval === line.interval);
    if (known >= 0) list[known] = line;
    else list.push(line); // lines are written in order of time
  };
  const take = (line: TruthLine): void => {
    if ("interval" in line) takeInterval(line);
    else if ("step" in line) steps.push(line);
    else truth.run = line;
  };
  return { truth, take };
}

/**
 * The state of a client at a time, as its phones knew it. During a take-over, when two connections overlap, the newer one counts: it is
 * the one the broker keeps. An interval holds from its beginning (inclusive) to its end (exclusive).
 */
export function trueStateAt(truth: Pick<Truth, "intervals">, clientId: string, atMs: number): TrueState {
  const begun = (truth.intervals.get(clientId) ?? []).filter((interval) => fromMs(interval) <= atMs);
  const current = begun.findLast((interval) => toMs(interval) > atMs);
  if (current) return { status: "connected", node: current.node, sinceMs: fromMs(current) };
  const last = begun.toSorted((one, other) => toMs(one) - toMs(other)).at(-1);
  if (!last) return { status: "never-seen" };
  const { node, cleanSession, ending } = last;
  return { status: "away", sinceMs: toMs(last), ending: ending ?? "lost", node, cleanSession };
}

const fromMs = (interval: IntervalLine): number => Date.parse(interval.from);
const toMs = (interval: IntervalLine): number => (interval.to === null ? Infinity : Date.parse(interval.to));
