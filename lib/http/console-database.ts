import { openDatabase, type Database } from "@/lib/db/database";
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

/** The one log of the Next process. */
export const consoleLog = (): Log => onceInProcess("log", () => createLog("console"));
