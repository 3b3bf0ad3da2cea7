import { openDatabase, type Database } from "@/lib/db/database";
import { createLog, type Log } from "@/lib/log/log";
import { consoleEnv } from "./console-env";
import { onceInProcess } from "./in-process";

/** The one database of the Next process. Nothing connects before the first query. */
export const consoleDatabase = (): Database =>
  onceInProcess("database", () =>
    openDatabase({ url: consoleEnv().DATABASE_URL, connections: 10, applicationName: "liveconnect-console" }),
  );

/** The one log of the Next process. */
export const consoleLog = (): Log => onceInProcess("log", () => createLog("console"));
