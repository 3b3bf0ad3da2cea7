import type pg from "pg";
import { openDatabase, openPool, type Database } from "@/lib/db/database";
import { createLog, type Log } from "@/lib/log/log";
import { consoleEnv } from "./console-env";
import { onceInProcess } from "./in-process";

// A second more than the server gives a statement: a server that is frozen would hold a page for ever.
const QUERY_TIMEOUT_MS = 16_000;

/** The one database of the Next process. Nothing connects before the first query. */
export const consoleDatabase = (): Database =>
  onceInProcess("database", () =>
    openDatabase({
      url: consoleEnv().DATABASE_URL,
      connections: 10,
      applicationName: "liveconnect-console",
      queryTimeoutMs: QUERY_TIMEOUT_MS,
    }),
  );

// A page or request waits so long at most to be told that nothing answers; the row it waits for takes a millisecond.
const LOOKUP_TIMEOUT_MS = 3_000;

/**
 * What stands before everything else: who asks, and whether the database answers at all. Connections of their own, so that a database
 * that is frozen or busy is known soon, whatever else waits for it.
 */
export const consoleLookups = (): pg.Pool =>
  onceInProcess("lookups", () =>
    openPool({
      url: consoleEnv().DATABASE_URL,
      connections: 4,
      applicationName: "liveconnect-console-lookups",
      connectTimeoutMs: LOOKUP_TIMEOUT_MS,
      queryTimeoutMs: LOOKUP_TIMEOUT_MS,
    }),
  );

/** The one log of the Next process. */
export const consoleLog = (): Log => onceInProcess("log", () => createLog("console"));
