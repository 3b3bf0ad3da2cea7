import type { Parameters } from "./confined-duckdb";

/** Asks questions of one log; `$file` in the SQL is the log's Parquet. */
export type AskLog = (sql: string, parameters?: Parameters) => Promise<Record<string, unknown>[]>;
