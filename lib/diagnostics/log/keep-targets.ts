import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CallTargets, LEFT, type NumberedTarget, type Target } from "./call-targets";
import type { ConfinedDuckDb } from "./confined-duckdb";
import { folded, placesOf } from "./fold-endpoints";
import { lineBlocks } from "./line-blocks";

/** Where the calls of a file of plain calls went. */
export interface LearntTargets {
  /** By number. */
  targets: NumberedTarget[];
  /** A number a line, in order; `LEFT` where DuckDB is to be asked. */
  numbers: Uint16Array;
}

const SHORTEST_PLAIN = '{"t":"2026-11-19T14:00:00Z","method":"GET","url":"/"}\n';

// What is left is read twice: of more than this share, it is cheaper to learn nothing; of so few lines, it does not matter.
const MOST_LEFT = 1 / 32;
const FEW_LINES = 1_000;
// Where no place is to be folded by then, there mostly is none: it costs the same to learn nothing, and to look once all is written.
const TELLING_LINES = 20_000;

/**
 * Learns where the calls of a file of plain calls went; the lines that are left to DuckDB become the file `left`. Null where that is not
 * worth it: too many are left, or no identifier seems to look like a word. Two bytes a line stay in memory.
 */
export async function learnTargets(files: { from: string; left: string }): Promise<LearntTargets | null> {
  const { size } = await stat(files.from);
  const learning = new Learning(Math.floor(size / SHORTEST_PLAIN.length));
  await pipeline(Readable.from(leftLines(files.from, learning)), createWriteStream(files.left));
  return learning.isWorthIt() ? learning.learnt() : null;
}

async function* leftLines(from: string, learning: Learning): AsyncGenerator<Buffer> {
  for await (const bytes of lineBlocks(from)) {
    yield* learning.learn(bytes);
    if (!learning.isWorthIt()) return;
  }
}

class Learning {
  private readonly calls = new CallTargets();
  private readonly numbers: Uint16Array;
  private lines = 0;
  private left = 0;
  private hasPlaces: boolean | null = null;

  constructor(mostLines: number) {
    this.numbers = new Uint16Array(mostLines);
  }

  /** Learns some lines and gives those that are left. */
  *learn(bytes: Buffer): Generator<Buffer> {
    const block = { bytes, text: bytes.toString("latin1") };
    for (let [start, end] = [0, 0]; start < bytes.length; start = end) {
      end = block.text.indexOf("\n", start) + 1;
      if (end === 0) throw new Error("A file of plain calls ends within a line");
      const number = this.calls.numberOf(block, start);
      this.numbers[this.lines] = number;
      this.lines += 1;
      if (number !== LEFT) continue;
      this.left += 1;
      yield Buffer.from(bytes.subarray(start, end));
    }
  }

  isWorthIt(): boolean {
    if (this.lines >= TELLING_LINES) this.hasPlaces ??= placesOf(endpointsOf(this.calls.targets)).length > 0;
    return this.hasPlaces !== false && this.left <= Math.max(FEW_LINES, this.lines * MOST_LEFT);
  }

  learnt(): LearntTargets {
    return { targets: this.calls.targets, numbers: this.numbers.subarray(0, this.lines) };
  }
}

/** Numbers the lines that were left, of which these are the targets in their order. False where there are more targets than numbers. */
export function numberLeft({ targets, numbers }: LearntTargets, left: readonly Target[]): boolean {
  const known = new Map<string, number>();
  let line = -1;
  for (const { endpoint, host } of left) {
    const text = `${endpoint}\n${host}`;
    const number = known.get(text) ?? targets.push({ endpoint, host, mayHoldSecret: true }) - 1;
    if (number >= LEFT) return false;
    known.set(text, number);
    line = numbers.indexOf(LEFT, line + 1);
    numbers[line] = number;
  }
  return true;
}

/** Keeps what was learnt where `LEARNT_TARGET` finds it, with identifiers that look like words as `{id}`. */
export async function keepTargets(duckdb: ConfinedDuckDb, { targets, numbers }: LearntTargets): Promise<void> {
  const places = placesOf(endpointsOf(targets));
  const rows = targets.map((target, number) => {
    const endpoint = folded(target.endpoint, places);
    return { ...target, number, endpoint, method: endpoint.slice(0, endpoint.indexOf(" ")) };
  });
  await duckdb.keepNumbers(LINE_NUMBERS, numbers);
  await duckdb.query(TARGETS_SQL, { rows: JSON.stringify(rows) });
  for (const column of ["method", "endpoint", "host"]) {
    await duckdb.query(`create type target_${column} as enum (select distinct ${column} from targets)`);
    await duckdb.query(`alter table targets alter ${column} type target_${column}`);
  }
}

const endpointsOf = (targets: readonly Target[]): string[] => [...new Set(targets.map(({ endpoint }) => endpoint))];

// Texts become enumerations, which Parquet takes without looking each up: a third of the writing (bench/ingest.bench.ts).
const TARGETS_SQL = `
create table targets as
select unnest(from_json($rows::json,
  '[{"number": "USMALLINT", "method": "VARCHAR", "endpoint": "VARCHAR", "host": "VARCHAR", "mayHoldSecret": "BOOLEAN"}]'), recursive := true)`;

/** A table of numbers, to be joined to the lines by position. */
export const LINE_NUMBERS = "numbers";

/** SQL of the target of a line joined to its number, a struct. A join instead would keep all lines in memory. */
export const LEARNT_TARGET = "(select targets from targets where targets.number = numbers.number)";
