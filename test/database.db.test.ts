import { expect, test } from "vitest";
import { testDatabase } from "./database";
import { makeClient, makeOperator, testContext } from "./factories";

const { db } = await testDatabase();

test("a test file gets a migrated database of its own, and its factories fill it", async () => {
  const client = await makeClient(db, { clientId: "phone-1" });
  const found = await db.pool.query<{ person_id: string }>("select person_id from clients where client_id = 'phone-1'");
  expect(found.rows).toEqual([{ person_id: client.personId }]);
  await makeOperator(db, { role: "admin" });
  expect(await testContext(db).db.prisma.operator.count()).toBe(1);
});
