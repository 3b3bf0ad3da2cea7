import { appendFile, mkdir, readFile, rename, stat } from "node:fs/promises";
import path from "node:path";

/** One API call of an app, as a line of the log (contract 1, the log file). */
export interface Call {
  /** When it began, ISO 8601. */
  t: string;
  method: string;
  url: string;
  /** HTTP status; null: no answer came. */
  status: number | null;
  ms: number;
  bytes: number;
  /** 1 is the first try. */
  attempt: number;
  /** Why no answer came. */
  error?: string;
  /** App version. */
  app: string;
}

export interface LogFileListing {
  name: string;
  start: string;
  end: string;
  bytes: number;
}

/** What the agent needs of a log: what there is, and a part of it as NDJSON. */
export interface DeviceLog {
  list: () => Promise<LogFileListing[]>;
  /** Lines of calls begun from `fromMs` to `toMs`, both inclusive, oldest first; when over `maxBytes`, the oldest are left out. */
  read: (part: { fromMs: number; toMs: number; maxBytes: number; onlyFailed: boolean }) => Promise<Buffer>;
}

export interface CallLogOptions {
  folder: string;
  clientId: string;
  /** The ring never holds more on disk than this. */
  maxBytes: number;
  /** Calls begun after `fromMs` (exclusive) up to `toMs` (inclusive), oldest first. */
  callsBetween: (fromMs: number, toMs: number) => Call[];
  /** How far back the first write reaches. */
  historyMs: number;
  now: () => number;
}

interface Line {
  text: string;
  call: Pick<Call, "t" | "status">;
}

/**
 * A phone's API-call log: a ring on disk of two NDJSON files. Lines go to `<clientId>.ndjson`; at half the allowance it replaces
 * `<clientId>.previous.ndjson` and a new one begins, so what is lost is always the oldest.
 *
 * Written when first read, not before: what the app did meanwhile is caught up from `callsBetween`, so a fleet whose logs nobody asks
 * for costs no disk. A phone in the field appends each call as it ends.
 */
export function openCallLog(options: CallLogOptions): DeviceLog {
  const current = path.join(options.folder, `${options.clientId}.ndjson`);
  const previous = path.join(options.folder, `${options.clientId}.previous.ndjson`);
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time: two reads must not both catch up. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };

  const append = async (calls: readonly Call[]): Promise<void> => {
    await mkdir(options.folder, { recursive: true });
    let bytes = await sizeOf(current);
    let pending = "";
    for (const call of calls) {
      const line = `${JSON.stringify(call)}\n`;
      if (bytes + line.length > options.maxBytes / 2) {
        await appendFile(current, pending);
        await rename(current, previous);
        pending = "";
        bytes = 0;
      }
      pending += line;
      bytes += Buffer.byteLength(line);
    }
    await appendFile(current, pending);
  };

  const catchUp = async (): Promise<void> => {
    const newest = (await linesOf(current)).at(-1) ?? (await linesOf(previous)).at(-1);
    const now = options.now();
    const fromMs = Math.max(newest ? Date.parse(newest.call.t) : 0, now - options.historyMs);
    const calls = options.callsBetween(fromMs, now);
    if (calls.length > 0) await append(calls);
  };

  return {
    list: () =>
      inTurn(async () => {
        await catchUp();
        const files = await Promise.all([previous, current].map(listingOf));
        return files.filter((file) => file !== null);
      }),
    read: (part) =>
      inTurn(async () => {
        await catchUp();
        const lines = [...(await linesOf(previous)), ...(await linesOf(current))].filter(({ call }) => {
          const atMs = Date.parse(call.t);
          return atMs >= part.fromMs && atMs <= part.toMs && (!part.onlyFailed || isFailed(call));
        });
        return newestWithin(lines, part.maxBytes);
      }),
  };
}

/** No answer, or one of 400 and above. */
const isFailed = (call: Pick<Call, "status">): boolean => call.status === null || call.status >= 400;

function newestWithin(lines: readonly Line[], maxBytes: number): Buffer {
  const kept: string[] = [];
  let bytes = 0;
  for (const { text } of lines.toReversed()) {
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > maxBytes) break;
    kept.push(`${text}\n`);
  }
  return Buffer.from(kept.toReversed().join(""));
}

async function linesOf(file: string): Promise<Line[]> {
  const text = await readFile(file, "utf8").catch(emptyWhenAbsent);
  return text.split("\n").flatMap((line) => {
    const call = parseCall(line);
    return call ? [{ text: line, call }] : [];
  });
}

/** A line cut off by a crash is left out. */
function parseCall(line: string): Call | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

async function listingOf(file: string): Promise<LogFileListing | null> {
  const lines = await linesOf(file);
  const [first, newest] = [lines.at(0), lines.at(-1)];
  if (!first || !newest) return null;
  return { name: path.basename(file), start: first.call.t, end: newest.call.t, bytes: await sizeOf(file) };
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(nullWhenAbsent))?.size ?? 0;

function emptyWhenAbsent(error: unknown): string {
  nullWhenAbsent(error);
  return "";
}

function nullWhenAbsent(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
