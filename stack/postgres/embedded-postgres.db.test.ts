import { createServer } from "node:net";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { freePort } from "../free-port";
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgresOptions } from "./embedded-postgres";

const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-postgres-"));
await chmod(folder, 0o711);
afterAll(() => rm(folder, { recursive: true, force: true }));

const optionsOf = async (name: string): Promise<EmbeddedPostgresOptions> => ({
  folder: path.join(folder, name),
  port: await freePort(),
  user: "liveconnect",
  password: "a password, with signs: /@?",
  logFile: path.join(folder, `${name}.log`),
  settings: ["fsync=off", "shared_buffers=16MB"],
});

test("data outlives a stop, and a folder whose pid file is stale starts", async () => {
  const options = await optionsOf("kept");
  const first = await startEmbeddedPostgres(options);
  await ensureDatabase(first, "orders");
  await first.stop();
  // as after a power cut, with the number of a process that is not PostgreSQL
  await writeFile(path.join(options.folder, "postmaster.pid"), `${process.pid}\n`);
  const second = await startEmbeddedPostgres(options);
  const client = new pg.Client({ connectionString: second.urlOf("orders") });
  await client.connect();
  expect((await client.query("select current_database() as name")).rows).toEqual([{ name: "orders" }]);
  await client.end();
  await second.stop();
  expect(existsSync(path.join(options.folder, "postmaster.pid"))).toBe(false);
});

test("a server that outlived its stack is taken over, not started twice", async () => {
  const options = await optionsOf("left");
  const first = await startEmbeddedPostgres(options);
  const second = await startEmbeddedPostgres(options);
  expect(second.pid).toBe(first.pid);
  await second.stop();
  expect(await first.exited).not.toBe("");
});

test("a port in use is named, with the variable that chooses another", async () => {
  const options = await optionsOf("refused");
  const other = createServer().listen(options.port, "127.0.0.1");
  await once(other, "listening");
  await expect(startEmbeddedPostgres(options)).rejects.toThrow(
    `Port ${options.port} (PostgreSQL) is in use. Stop what uses it, or choose another: POSTGRES_PORT=${options.port + 1}`,
  );
  other.close();
});
