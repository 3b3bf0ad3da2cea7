import type { Pool } from "pg";
import { resealBytes, type Opening } from "./seal";

/** A column of a table (of uuid `id`) whose values are sealed. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The column that names what a value belongs to, and how its text is told to the seal. */
  belongsTo: string;
  about: (text: string) => string;
  /** SQL: the rows whose value is sealed; all of them when absent. */
  where?: string;
}

export interface Resealed {
  looked: number;
  resealed: number;
  /** Ids of rows that open with none of the keys; left as they are. */
  unopened: string[];
}

// Payloads of up to 256 kB: at most some fifty megabytes at once.
const BATCH = 200;
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/**
 * Machine write of `npm run seal:rotate`: seals with the first key what other keys open, a batch a statement, and tells after each how far
 * it is. What the first key opens is done already, so that an interrupted one begins again at no harm. A value that changes meanwhile is
 * left to whoever changes it, who seals with the first key.
 */
export async function resealColumn(
  pool: Pool,
  { of, keys, tell }: { of: SealedColumn; keys: readonly Buffer[]; tell: (soFar: Resealed) => void },
): Promise<Resealed> {
  const soFar: Resealed = { looked: 0, resealed: 0, unopened: [] };
  for (let after = BEFORE_ALL; ;) {
    // Names of tables and columns are the code's own.
    const { rows } = await pool.query<Row>(
      `select id::text, ${of.column} as sealed, ${of.belongsTo}::text as text from ${of.table}
       where id > $1 and ${of.column} is not null and ${of.where ?? "true"} order by id limit $2`,
      [after, BATCH],
    );
    const changes: { id: string; from: Buffer; to: Uint8Array }[] = [];
    for (const { id, sealed, text } of rows) {
      const to = resealed(sealed, { keys, about: of.about(text) });
      if (to === "unopened") soFar.unopened.push(id);
      else if (to !== null) changes.push({ id, from: sealed, to });
    }
    const { rowCount } = await pool.query(
      `update ${of.table} t set ${of.column} = w.after
       from unnest($1::uuid[], $2::bytea[], $3::bytea[]) w (id, before, after) where t.id = w.id and t.${of.column} = w.before`,
      [changes.map(({ id }) => id), changes.map(({ from }) => from), changes.map(({ to }) => Buffer.from(to))],
    );
    soFar.looked += rows.length;
    soFar.resealed += rowCount ?? 0;
    tell(soFar);
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return soFar;
    after = last.id;
  }
}

interface Row {
  id: string;
  sealed: Buffer;
  text: string;
}

function resealed(sealed: Buffer, opening: Opening): Uint8Array | "unopened" | null {
  try {
    return resealBytes(sealed, opening);
  } catch {
    // Told at the end, by its id: one row that nothing opens must not keep the others.
    return "unopened";
  }
}
