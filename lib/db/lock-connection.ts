import pg from "pg";
import type { Log } from "@/lib/log/log";

/** A connection of its own for session locks, which last as long as it does. `onLost` is told once it is no more, for whatever reason. */
export async function openLockConnection(options: {
  url: string;
  applicationName: string;
  log: Log;
  /** What the locks are of, for the log. */
  holds: string;
  onLost: (which: pg.Client) => void;
}): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: options.url,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    application_name: options.applicationName,
  });
  client.on("error", (error) => {
    options.log.warn({ err: error }, `the connection that holds ${options.holds} broke; taking it again`);
    options.onLost(client);
  });
  client.on("end", () => options.onLost(client));
  await client.connect();
  return client;
}
