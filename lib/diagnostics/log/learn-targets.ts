import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CallTargets, LEFT, type Target } from "./call-targets";
import type { ConfinedDuckDb } from "./confined-duckdb";
import { folded, type Place } from "./fold-endpoints";
import { lineBlocks } from "./line-blocks";

/** Where the calls of a file of plain calls went. */
export interface LearntTargets {
  /** By number; `LEFT` has none. */
  targets: readonly (Target | null)[];
  /** A number a line, in order. */
  numbers: Uint16Array;
  /** How many lines are left to DuckDB. */
  left: number;
}

const SHORTEST_PLAIN = '{"t":"2026-11-19T14:00:00Z","method":"GET","url":"/"}\n';

// What is left is read twice: of more than this share, it is cheaper to learn nothing; of so few lines, it does not matter.
const MOST_LEFT = 1 / 8;
const FEW_LINES = 1_000;

/**
 * Learns where the calls of a file of plain calls went; the lines that are left to DuckDB become the file `left`. Null where these are too
 * many. Two bytes a line stay in memory.
 */
export async function learnTargets(files: { from: string; left: string }): Promise<LearntTargets | null> {
  const { size } = await stat(files.from);
  const targets = new CallTargets();
  const numbers = new Uint16Array(Math.floor(size / SHORTEST_PLAIN.length));
  let [lines, left] = [0, 0];
  const tooMany = (): boolean => left > FEW_LINES && left > lines * MOST_LEFT;
  const leftLines = async function* (): AsyncGenerator<Buffer> {
    for await (const bytes of lineBlocks(files.from)) {
      const block = { bytes, text: bytes.toString("latin1") };
      for (let [start, end] = [0, 0]; start < bytes.length; start = end) {
        end = block.text.indexOf("\n", start) + 1;
        if (end === 0) throw new Error("A file of plain calls ends within a line");
        const number = targets.numberOf(block, start);
        numbers[lines] = number;
        lines += 1;
        if (number !== LEFT) continue;
        left += 1;
        yield Buffer.from(bytes.subarray(start, end));
      }
      if (tooMany()) return;
    }
  };
  await pipeline(Readable.from(leftLines()), createWriteStream(files.left));
  return tooMany() ? null : { targets: targets.targets, numbers: numbers.subarray(0, lines), left };
}

/** Keeps what was learnt where `LEARNT_TARGET` finds it, with identifiers at these places as `{id}`. */
export async function keepTargets(
  duckdb: ConfinedDuckDb,
  { targets, numbers }: LearntTargets,
  places: readonly Place[],
): Promise<void> {
  const rows = targets.flatMap((target, number) =>
    target === null ? [] : [{ number, host: target.host, endpoint: folded(target.endpoint, places) }],
  );
  await duckdb.keepNumbers(LINE_NUMBERS, numbers);
  await duckdb.query(TARGETS_SQL, { rows: JSON.stringify(rows) });
}

const TARGETS_SQL = `
create table targets as
select unnest(from_json($rows::json, '[{"number": "USMALLINT", "endpoint": "VARCHAR", "host": "VARCHAR"}]'), recursive := true)`;

/** A table of numbers, to be joined to the lines by position. */
export const LINE_NUMBERS = "numbers";

/** SQL of the target of a line joined to its number, a struct; null where it is left to DuckDB. A join instead would keep all lines in memory. */
export const LEARNT_TARGET = "(select targets from targets where targets.number = numbers.number)";
