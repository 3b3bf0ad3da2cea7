import path from "node:path";
import { portOf } from "../ports.mjs";
import type { Secrets } from "../secrets";
import type { Running, Service } from "../supervise";
import { ensureDatabase, ensureRole, startEmbeddedPostgres } from "./embedded-postgres";

const NAME = "liveconnect";
const APPLICATION = "liveconnect_app";

/**
 * The embedded PostgreSQL of a data folder as a service, with the product's database in it: `databaseUrl` is what the processes connect
 * with, `ownerUrl` what migrates.
 */
export function postgresService(
  dataFolder: string,
  { postgresPassword: password, applicationPassword }: Pick<Secrets, "postgresPassword" | "applicationPassword">,
): Service & { databaseUrl: string; ownerUrl: string; start: () => Promise<Running> } {
  const port = portOf("POSTGRES_PORT");
  const database = `127.0.0.1:${port}/${NAME}`;
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
    databaseUrl: `postgresql://${APPLICATION}:${applicationPassword}@${database}`,
    ownerUrl: `postgresql://${NAME}:${password}@${database}`,
    start: async () => {
      const server = await startEmbeddedPostgres(options);
      await ensureDatabase(server, NAME);
      await ensureRole(server, { name: APPLICATION, password: applicationPassword });
      return { exited: server.exited, stop: server.stop, kill: () => process.kill(server.pid, "SIGQUIT") };
    },
  };
}
