import { consoleLookups } from "./console-database";
import { consoleEvents } from "./console-events";

/** What the console waits for: a word a dependency, null when it is ready. */
export async function consoleReadiness(): Promise<{ ready: boolean; waitsFor: Record<string, string | null> }> {
  const waitsFor = {
    database: await databaseTrouble(),
    events: consoleEvents().connected() ? null : "not listening to the database's notifications",
  };
  return { ready: Object.values(waitsFor).every((word) => word === null), waitsFor };
}

async function databaseTrouble(): Promise<string | null> {
  try {
    await consoleLookups().query("select 1");
    return null;
  } catch {
    // Why is in the log of whoever needed it; this page may be read by anyone on the network.
    return "does not answer";
  }
}
