import {
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBUSmallIntVector,
  USMALLINT,
  type DuckDBConnection,
  type DuckDBValue,
} from "@duckdb/node-api";
import { AppError } from "@/lib/errors";

export type Parameters = Record<string, DuckDBValue>;

/** An in-memory DuckDB that can reach the files of one folder and nothing else. */
export interface ConfinedDuckDb {
  /** Runs one statement and gives its rows; values only ever travel as parameters (`$name`). */
  query: (sql: string, parameters?: Parameters) => Promise<Record<string, unknown>[]>;
  /** Makes a table with one column, `number`, of these in their order; its name is an SQL identifier. */
  keepNumbers: (table: string, numbers: Uint16Array) => Promise<void>;
  close: () => void;
}

// One core and half a gigabyte a process, as measured for a million calls (design page diagnostics).
const LIMITS = { threads: "1", memory_limit: "512MB" };

/**
 * Opens DuckDB bounded in memory, threads and time, without extensions from outside, with file access to `folder` alone and
 * its configuration locked. Every query has a connection of its own; one that takes longer than `timeoutMs` is interrupted
 * and throws LIMIT.
 */
export async function openConfinedDuckDb(options: { folder: string; timeoutMs: number }): Promise<ConfinedDuckDb> {
  const instance = await DuckDBInstance.create(":memory:", {
    ...LIMITS,
    temp_directory: options.folder,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const setup = await instance.connect();
  await setup.run(`set allowed_directories = [${literal(options.folder)}]`);
  await setup.run("set enable_external_access = false");
  await setup.run("set lock_configuration = true");
  setup.closeSync();
  return {
    query: async (sql, parameters) => {
      const connection = await instance.connect();
      try {
        return await withTimeout(connection, options.timeoutMs, async () => {
          const reader = await connection.runAndReadAll(sql, parameters);
          return reader.getRowObjectsJS();
        });
      } finally {
        connection.closeSync();
      }
    },
    keepNumbers: async (table, numbers) => {
      const connection = await instance.connect();
      try {
        await connection.run(`create table ${table} (number usmallint)`);
        await appendNumbers(connection, table, numbers);
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

// As many as DuckDB takes at once (STANDARD_VECTOR_SIZE).
const CHUNK_ROWS = 2_048;

async function appendNumbers(connection: DuckDBConnection, table: string, numbers: Uint16Array): Promise<void> {
  const appender = await connection.createAppender(table);
  const chunk = DuckDBDataChunk.create([USMALLINT]);
  for (let from = 0; from < numbers.length; from += CHUNK_ROWS) {
    const part = numbers.subarray(from, from + CHUNK_ROWS);
    chunk.reset();
    chunk.rowCount = part.length;
    const column = chunk.getColumnVector(0);
    if (!(column instanceof DuckDBUSmallIntVector)) throw new Error("A column of numbers is none");
    for (let row = 0; row < part.length; row += 1) column.setItem(row, part[row] ?? null);
    column.flush();
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** A text as an SQL literal, for the few places that take no parameter. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * How a Parquet file of a log is written. Measured (bench/ingest.bench.ts): level 1 writes twice as fast as the default, 3, and a file no
 * larger; the second version's encodings and no dictionary of values that hardly repeat take a third less time, and 3 bytes a call for 8.
 */
export const PARQUET =
  "format parquet, parquet_version v2, dictionary_size_limit 1000, compression zstd, compression_level 1";

async function withTimeout<T>(connection: DuckDBConnection, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, timeoutMs);
  try {
    return await work();
  } catch (cause) {
    if (!late) throw cause;
    throw new AppError("LIMIT", "Reading the log took too long. Narrow the filter.", { cause, retryAfterSeconds: 1 });
  } finally {
    clearTimeout(timer);
  }
}
