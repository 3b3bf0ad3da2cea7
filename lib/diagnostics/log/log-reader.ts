import type { ObjectStore } from "@/lib/storage/object-store";
import { openConfinedDuckDb, type Parameters } from "./confined-duckdb";
import { openLogFiles } from "./log-files";

/** Asks questions of one log; `$file` in the SQL is the log's Parquet. */
export type AskLog = (sql: string, parameters?: Parameters) => Promise<Record<string, unknown>[]>;

/** What a process that reads logs holds: a DuckDB confined to a bounded folder of Parquet files. */
export interface LogReader {
  /** Fetches the log if need be; throws NOT_FOUND when its file is gone. */
  open: (logKey: string) => Promise<AskLog>;
  /** Removes this process's own copy of a log that was deleted. */
  forget: (logKey: string) => Promise<void>;
  store: ObjectStore;
  close: () => void;
}

// What a person waits for; far above the 250 ms that a filter over a million lines may take.
const QUERY_TIMEOUT_MS = 10_000;

/** Opens the reader of a process; one is enough, as every query has a connection of its own. */
export async function openLogReader(options: {
  store: ObjectStore;
  folder: string;
  maxBytes: number;
}): Promise<LogReader> {
  const files = await openLogFiles(options);
  const duckdb = await openConfinedDuckDb({ folder: options.folder, timeoutMs: QUERY_TIMEOUT_MS });
  return {
    open: async (logKey) => {
      const file = await files.path(logKey);
      return (sql, parameters = {}) => duckdb.query(sql, { file, ...parameters });
    },
    forget: files.forget,
    store: options.store,
    close: () => {
      files.close();
      duckdb.close();
    },
  };
}
