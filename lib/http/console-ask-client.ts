import { createAskClient, type AskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import { consoleBroker } from "./console-broker";
import { consoleDatabase, consoleLog } from "./console-database";
import { onceInProcess } from "./in-process";

/** The Next process's way to ask the broker about a client; throws naming what is missing of its configuration. */
export const consoleAskClient = (): AskClient =>
  onceInProcess("ask-client", () =>
    createAskClient({
      ...consoleBroker(),
      databaseNowUs: databaseNowUs(consoleDatabase().pool),
      nowMs: () => performance.now(),
      log: consoleLog(),
    }),
  );
