import { existsSync } from "node:fs";
import path from "node:path";
import { embeddedParts } from "@/stack/embedded.mjs";
import { environmentOf } from "@/stack/environment";
import { postgresService } from "@/stack/postgres/postgres-service";
import { ensureSecrets } from "@/stack/secrets";

/** What the worker is given: by the stack of DATA_FOLDER on this machine, or by whoever runs a command. */
export function workerEnvironment(): Readonly<Record<string, string | undefined>> {
  const dataFolder = path.resolve(process.env.DATA_FOLDER || ".data");
  if (!existsSync(path.join(dataFolder, "secrets.json"))) return process.env;
  const secrets = ensureSecrets(dataFolder);
  const databaseUrl = process.env.DATABASE_URL || postgresService(dataFolder, secrets).databaseUrl;
  return environmentOf("worker", { secrets, databaseUrl, dataFolder, parts: embeddedParts(process.env) });
}
