import { LRUCache } from "lru-cache";
import type { ObjectStore } from "@/lib/storage/object-store";
import type { AskLog } from "./ask-log";
import { openConfinedDuckDb } from "./confined-duckdb";
import { openLogFiles, UNUSED_MS } from "./log-files";
import type { LogLoop } from "./loops";
import { selectLoops } from "./select-loops";

/** One log that can be asked. */
export interface OpenLog {
  ask: AskLog;
  /** Its loops, in its order. A log never changes, so they are told once and remembered for a while. */
  loops: () => Promise<readonly LogLoop[]>;
}

/** What a process that reads logs holds: a DuckDB confined to a bounded folder of Parquet files. */
export interface LogReader {
  /** Fetches the log if need be; throws NOT_FOUND when its file is gone. */
  open: (logKey: string) => Promise<OpenLog>;
  /** Removes this process's own copy of a log that was deleted. */
  forget: (logKey: string) => Promise<void>;
  store: ObjectStore;
  close: () => void;
}

// What a person waits for; far above the 250 ms that a filter over a million lines may take.
const QUERY_TIMEOUT_MS = 10_000;
// Of one log at most a megabyte (MOST_STRETCHES).
const LOGS_WITH_LOOPS = 50;

/** Opens the reader of a process; one is enough, as every query has a connection of its own. */
export async function openLogReader(options: {
  store: ObjectStore;
  folder: string;
  maxBytes: number;
}): Promise<LogReader> {
  const files = await openLogFiles(options);
  const duckdb = await openConfinedDuckDb({ folder: options.folder, timeoutMs: QUERY_TIMEOUT_MS });
  const remembered = new LRUCache<string, LogLoop[], AskLog>({
    max: LOGS_WITH_LOOPS,
    ttl: UNUSED_MS,
    ttlAutopurge: true,
    fetchMethod: (_logKey, _stale, { context }) => selectLoops(context),
  });
  return {
    open: async (logKey) => {
      const file = await files.path(logKey);
      const ask: AskLog = (sql, parameters = {}) => duckdb.query(sql, { file, ...parameters });
      return { ask, loops: () => remembered.forceFetch(logKey, { context: ask }) };
    },
    forget: async (logKey) => {
      remembered.delete(logKey);
      await files.forget(logKey);
    },
    store: options.store,
    close: () => {
      remembered.clear();
      files.close();
      duckdb.close();
    },
  };
}
