import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, startEmbeddedPostgres } from "@/stack/postgres/embedded-postgres";

export interface ThrowAwayDatabase {
  url: string;
  /** Another database of the same server. */
  urlOf: (database: string) => string;
  folder: string;
  close: () => Promise<void>;
}

/** An empty, migrated database of a server of its own, gone after the bench. Writes are durable, as in production, unless a setting says otherwise. */
export async function openThrowAwayDatabase(settings: readonly string[] = []): Promise<ThrowAwayDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-bench-"));
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({
    folder: path.join(folder, "postgres"),
    port: await freePort(),
    user: "bench",
    password: randomBytes(16).toString("hex"),
    logFile: path.join(folder, "postgres.log"),
    settings,
  });
  await ensureDatabase(server, "liveconnect");
  const url = server.urlOf("liveconnect");
  await migrate({ url });
  return {
    url,
    urlOf: server.urlOf,
    folder,
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
