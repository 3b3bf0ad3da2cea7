import { LEFT, type NumberedTarget, type Target } from "./call-targets";
import { literal, type ConfinedDuckDb } from "./confined-duckdb";
import { folded, placesOf } from "./fold-endpoints";

/** Where the calls of a file of plain calls went. */
export interface LearntTargets {
  /** By number. */
  targets: NumberedTarget[];
  /** A number a line, in order; `LEFT` where DuckDB is to be asked. */
  numbers: Uint16Array;
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

/** Keeps what was learnt where `LEARNT_TARGET` finds it, with identifiers that look like words as `{id}`. Machine write: into a DuckDB in memory, for one log. */
export async function keepTargets(duckdb: ConfinedDuckDb, { targets, numbers }: LearntTargets): Promise<void> {
  const places = placesOf(endpointsOf(targets));
  const rows = targets.map((target, number) => {
    const endpoint = folded(target.endpoint, places);
    return { ...target, number, endpoint, method: endpoint.slice(0, endpoint.indexOf(" ")) };
  });
  await duckdb.keepNumbers(LINE_NUMBERS, numbers);
  const columns = (["method", "endpoint", "host"] as const).map(
    (name) => `${name} ${enumOf(rows.map((row) => row[name]))}`,
  );
  await duckdb.query(`create table targets (number usmallint, mayHoldSecret boolean, ${columns.join(", ")})`);
  await duckdb.query(TARGETS_SQL, { rows: JSON.stringify(rows) });
}

// Parquet takes the texts of an enumeration without looking each up, which saves 0.03 µs a line and column (bench/ingest.bench.ts).
const enumOf = (texts: readonly string[]): string => `enum(${[...new Set(texts)].map(literal).join(", ")})`;

const TARGETS_SQL = `
insert into targets by name
select unnest(from_json($rows::json,
  '[{"number": "USMALLINT", "method": "VARCHAR", "endpoint": "VARCHAR", "host": "VARCHAR", "mayHoldSecret": "BOOLEAN"}]'), recursive := true)`;

/** The different endpoints of targets. */
export const endpointsOf = (targets: readonly Target[]): string[] => [
  ...new Set(targets.map(({ endpoint }) => endpoint)),
];

/** A table of numbers, to be joined to the lines by position. */
export const LINE_NUMBERS = "numbers";

/** SQL of the target of a line joined to its number, a struct. A join instead would keep all lines in memory. */
export const LEARNT_TARGET = "(select targets from targets where targets.number = numbers.number)";
