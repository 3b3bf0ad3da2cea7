import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";

const { db } = await testDatabase();

test("a connection that breaks between two queries of who holds it fails the next one, and does not end the process", async () => {
  const held = await db.pool.connect();
  const { rows } = await held.query<{ pid: number }>("select pg_backend_pid() as pid");
  const ended = new Promise((resolve) => held.once("end", resolve));
  await db.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
  await ended;
  await expect(held.query("select 1")).rejects.toThrow(/not queryable|terminated/i);
  held.release(true);
  expect((await db.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});
