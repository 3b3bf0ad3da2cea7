import { randomUUID } from "node:crypto";
import pg from "pg";
import { migrate } from "@/lib/db/migrate";
import { measure, type Bench } from "./bench";
import { openThrowAwayDatabase } from "./throw-away-database";

/** Why test/database.ts clones a template instead of migrating a database for each test file. */
export const bench: Bench = {
  claim: "a clone of a migrated template is made faster than a database is migrated",
  run: async () => {
    const { url, urlOf, close } = await openThrowAwayDatabase(["fsync=off"]);
    const client = new pg.Client({ connectionString: urlOf("postgres") });
    const template = new URL(url).pathname.slice(1);
    try {
      await client.connect();
      const fresh = (): string => `bench_${randomUUID().replaceAll("-", "")}`;
      return [
        await measure("migrated", async () => {
          const name = fresh();
          await client.query(`create database ${name}`);
          await migrate({ url: urlOf(name) });
        }),
        await measure("cloned", () => client.query(`create database ${fresh()} template ${template}`)),
      ];
    } finally {
      await client.end();
      await close();
    }
  },
};
