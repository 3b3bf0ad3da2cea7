import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { openDatabase, type Database } from "@/lib/db/database";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the server's own database, from which test databases are made. */
    postgresUrl: string;
    /** URL of the template as the application connects, whose user and password are those of every test database. */
    applicationUrl: string;
    templateDatabase: string;
  }
}

export interface TestDatabase {
  /** As the processes connect: all but the audit is theirs. */
  url: string;
  db: Database;
  /** As who migrates, a superuser. */
  ownerUrl: string;
}

/**
 * A migrated, empty database of the calling test file's own, cloned from the run's template; removed after the file.
 * Call it at the top level of a `*.db.test.ts` file: `const { db, url } = await testDatabase();`
 */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = inject("postgresUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asAdministrator(serverUrl, `create database ${name} template ${inject("templateDatabase")}`);
  const owner = new URL(serverUrl);
  const url = new URL(inject("applicationUrl"));
  for (const each of [owner, url]) each.pathname = `/${name}`;
  // A clone has its tables' privileges, but not its own.
  await asAdministrator(owner.href, `grant create on database ${name} to ${url.username}`);
  const db = openDatabase({ url: url.href, connections: 4, applicationName: "liveconnect-test" });
  afterAll(async () => {
    await db.close();
    await asAdministrator(serverUrl, `drop database ${name} with (force)`);
  });
  return { url: url.href, db, ownerUrl: owner.href };
}

async function asAdministrator(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
