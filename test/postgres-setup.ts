import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { handOver } from "@/lib/db/hand-over";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, ensureRole, startEmbeddedPostgres } from "@/stack/postgres/embedded-postgres";

const TEMPLATE = "template_liveconnect";
// What the processes connect as, and so the tests: not the database's owner.
const APPLICATION = { name: "liveconnect_app", password: randomBytes(16).toString("hex") };

/** Vitest's global setup of the database tests: a server in a throw-away folder with one migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-test-"));
  // as root the server runs as another user, who must be able to pass
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({
    folder: path.join(folder, "postgres"),
    port: await freePort(),
    user: "liveconnect",
    password: randomBytes(16).toString("hex"),
    logFile: path.join(folder, "postgres.log"),
    // nothing here outlives the run, so nothing needs to reach the disk
    settings: ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
  });
  const stopAtExit = (): boolean => process.kill(server.pid, "SIGQUIT");
  process.once("exit", stopAtExit);
  await ensureDatabase(server, TEMPLATE);
  await migrate({ url: server.urlOf(TEMPLATE) });
  await ensureRole(server, APPLICATION);
  const applicationUrl = new URL(server.urlOf(TEMPLATE));
  applicationUrl.username = APPLICATION.name;
  applicationUrl.password = APPLICATION.password;
  await handOver({ ownerUrl: server.urlOf(TEMPLATE), url: applicationUrl.href });
  project.provide("postgresUrl", server.urlOf("postgres"));
  project.provide("applicationUrl", applicationUrl.href);
  project.provide("templateDatabase", TEMPLATE);
  return async () => {
    process.off("exit", stopAtExit);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
