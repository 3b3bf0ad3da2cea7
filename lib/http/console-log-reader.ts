import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { z } from "zod";
import { openLogReader, type LogReader } from "@/lib/diagnostics/log/log-reader";
import { readEnv } from "@/lib/env/read-env";
import { openObjectStore } from "@/lib/storage/object-store";
import { objectStoreEnv } from "@/lib/storage/object-store-env";
import { onceInProcess } from "./in-process";

const readerEnv = z.object({
  ...objectStoreEnv,
  /** Where logs that are read lie for a while, redacted; the folder is the console's own. */
  LOG_CACHE_FOLDER: z.string().default(() => path.join(tmpdir(), `liveconnect-logs-${userInfo().uid}`)),
  LOG_CACHE_BYTES: z.coerce.number().int().min(1_000_000).default(1_000_000_000),
});

/** The one reader of logs of the Next process, opened at first use; a failed opening is tried again by the next caller. */
export async function consoleLogReader(): Promise<LogReader> {
  const kept = onceInProcess<{ reader: Promise<LogReader> | null }>("log-reader", () => ({ reader: null }));
  kept.reader ??= open().catch((error: unknown) => {
    kept.reader = null;
    throw error;
  });
  return kept.reader;
}

async function open(): Promise<LogReader> {
  const env = readEnv(readerEnv);
  return openLogReader({
    store: openObjectStore(env),
    folder: env.LOG_CACHE_FOLDER,
    maxBytes: env.LOG_CACHE_BYTES,
  });
}
