import path from "node:path";
import { portOf } from "../ports.mjs";
import type { Running, Service } from "../supervise";
import { ensureDatabase, startEmbeddedPostgres } from "./embedded-postgres";

const NAME = "liveconnect";

/** The embedded PostgreSQL of a data folder as a service, with the product's database in it. */
export function postgresService(
  dataFolder: string,
  password: string,
): Service & { databaseUrl: string; start: () => Promise<Running> } {
  const port = portOf("POSTGRES_PORT");
  const options = {
    port,
    password,
    user: NAME,
    folder: path.join(dataFolder, "postgres"),
    logFile: path.join(dataFolder, "logs", "postgres.log"),
  };
  return {
    name: "postgres",
    url: `postgresql://127.0.0.1:${port}`,
    databaseUrl: `postgresql://${NAME}:${password}@127.0.0.1:${port}/${NAME}`,
    start: async () => {
      const server = await startEmbeddedPostgres(options);
      await ensureDatabase(server, NAME);
      return { exited: server.exited, stop: server.stop, kill: () => process.kill(server.pid, "SIGQUIT") };
    },
  };
}
