import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, startEmbeddedPostgres } from "@/stack/postgres/embedded-postgres";
import { measure, type Bench } from "./bench";

/** Why test/database.ts clones a template instead of migrating a database for each test file. */
export const bench: Bench = {
  claim: "a clone of a migrated template is made faster than a database is migrated",
  run: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-bench-"));
    await chmod(folder, 0o711);
    const server = await startEmbeddedPostgres({
      folder: path.join(folder, "postgres"),
      port: await freePort(),
      user: "bench",
      password: randomBytes(16).toString("hex"),
      logFile: path.join(folder, "postgres.log"),
      settings: ["fsync=off"],
    });
    const client = new pg.Client({ connectionString: server.urlOf("postgres") });
    try {
      await client.connect();
      await ensureDatabase(server, "template_bench");
      await migrate({ url: server.urlOf("template_bench") });
      const fresh = (): string => `bench_${randomUUID().replaceAll("-", "")}`;
      return [
        await measure("migrated", async () => {
          const name = fresh();
          await ensureDatabase(server, name);
          await migrate({ url: server.urlOf(name) });
        }),
        await measure("cloned", () => client.query(`create database ${fresh()} template template_bench`)),
      ];
    } finally {
      await client.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
