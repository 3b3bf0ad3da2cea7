import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { makeOperator, rolesWithout, testContext } from "@/test/factories";
import { listOperators } from "./list-operators";

const { db } = await testDatabase();
const LIMITS = { idleSeconds: 1_800, absoluteSeconds: 43_200 };

test("the staff are listed by name, without anything of their passwords", async () => {
  await makeOperator(db, { name: "Zahra", passwordHash: "$argon2id$never-shown" });
  await makeOperator(db, { name: "Adi", role: "admin" });
  const { operators, truncated } = await listOperators(LIMITS)(testContext(db, { role: "admin" }), {});
  expect(operators.map(({ name }) => name)).toEqual(["Adi", "Zahra"]);
  expect(truncated).toBe(false);
  expect(JSON.stringify(operators)).not.toContain("argon2id");
});

test.each(rolesWithout("operators.read"))("the staff are not shown to the role %s", async (role) => {
  await expect(listOperators(LIMITS)(testContext(db, { role }), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
});
