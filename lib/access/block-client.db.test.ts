import { expect, it } from "vitest";
import { createLog } from "@/lib/log/log";
import { testDatabase } from "@/test/database";
import { makeClient, rolesWithout, testContext } from "@/test/factories";
import { blockClient } from "./block-client";
import { createBlockList } from "./block-list";
import { unblockClient } from "./unblock-client";

const { db } = await testDatabase();
const admin = testContext(db, { role: "admin" });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
const list = createBlockList(db.pool, createLog("test", "silent"));
const isBlocked = async (clientId: string, at = new Date()) => {
  await list.refresh();
  return list.isBlocked(clientId, at.getTime());
};
const auditOf = (subjectId: string, action: string) => db.prisma.auditEvent.findMany({ where: { subjectId, action } });

it("blocks a client until its end, and keeps who and why", async () => {
  const { clientId } = await makeClient(db);
  expect(await isBlocked(clientId)).toBe(false);
  const until = inHours(1);
  const block = await blockClient(admin, { clientId, reason: "stolen phone", until: until.toISOString() });
  expect(block).toMatchObject({ reason: "stolen phone", until: until.toISOString(), by: admin.actor.name });
  expect(await isBlocked(clientId)).toBe(true);
  expect(await isBlocked(clientId, inHours(2))).toBe(false);
  expect(await auditOf(clientId, "access.blockClient")).toMatchObject([{ reason: "stolen phone", actorRole: "admin" }]);
});

it("replaces a block by a later one, and is harmless a second time", async () => {
  const { clientId } = await makeClient(db);
  const input = { clientId, reason: "stolen phone", until: inHours(1).toISOString() };
  await blockClient(admin, input);
  await blockClient(admin, input);
  await blockClient(admin, { clientId, reason: "for good", until: null });
  expect(await isBlocked(clientId, inHours(24 * 365))).toBe(true);
  expect(await db.prisma.blockedClient.findMany({ where: { clientId } })).toMatchObject([{ reason: "for good" }]);
});

it("lets a client in again when it is unblocked; unblocking again says that there was nothing to lift", async () => {
  const { clientId } = await makeClient(db);
  await blockClient(admin, { clientId, reason: "stolen phone", until: null });
  expect(await unblockClient(admin, { clientId })).toEqual({ wasBlocked: true });
  expect(await isBlocked(clientId)).toBe(false);
  expect(await unblockClient(admin, { clientId })).toEqual({ wasBlocked: false });
  expect(await auditOf(clientId, "access.unblockClient")).toHaveLength(2);
});

it("wants a reason, and an end that is not past", async () => {
  const { clientId } = await makeClient(db);
  const invalid = { code: "VALIDATION" };
  await expect(blockClient(admin, { clientId, reason: " ", until: null })).rejects.toMatchObject(invalid);
  await expect(
    blockClient(admin, { clientId, reason: "stolen", until: inHours(-1).toISOString() }),
  ).rejects.toMatchObject(invalid);
});

it.each(rolesWithout("access.manage"))("is refused to the role %s", async (role) => {
  const ctx = testContext(db, { role });
  const { clientId } = await makeClient(db);
  const forbidden = { code: "FORBIDDEN" };
  await expect(blockClient(ctx, { clientId, reason: "stolen", until: null })).rejects.toMatchObject(forbidden);
  await expect(unblockClient(ctx, { clientId })).rejects.toMatchObject(forbidden);
});

it("goes on with what was known while the store does not answer", async () => {
  const { clientId } = await makeClient(db);
  await blockClient(admin, { clientId, reason: "stolen phone", until: null });
  let away = false;
  const pool = new Proxy(db.pool, {
    get: (target, name, self) => {
      if (name === "query" && away) return () => Promise.reject(new Error("away"));
      return Reflect.get(target, name, self) as unknown;
    },
  });
  const known = createBlockList(pool, createLog("test", "silent"));
  await known.refresh();
  away = true;
  await known.refresh();
  expect(known.isBlocked(clientId, Date.now())).toBe(true);
});
