import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { listen } from "@/lib/events/listen";
import type { LiveEvent } from "@/lib/events/schemas";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { createApiKey, revokeApiKey, rotateApiKey } from "./api-keys";
import { listApiKeys } from "./list-api-keys";
import { deleteGrants } from "./delete-grants";
import { putGrants } from "./put-grants";
import { createApiKeyVerifier } from "./verify-api-key";

const { db, url } = await testDatabase();
const admin = testContext(db, { role: "admin" });
const grant = { personId: "p-1", topicFilter: "halodoc/orders/1", action: "subscribe" as const };

test("a key opens the door with its permissions, is kept only as a hash, and its making is audited without it", async () => {
  const { apiKeyId, key } = await createApiKey(admin, { name: "Orders", permissions: ["publish.send"] });
  const { verify } = createApiKeyVerifier({ pool: db.pool, nowMs: () => 0 });
  expect((await verify(key))?.actor).toMatchObject({
    kind: "service",
    id: apiKeyId,
    name: "Orders",
    permissions: ["publish.send"],
  });
  const [audited] = await db.prisma.auditEvent.findMany({ where: { subjectId: apiKeyId } });
  expect(audited?.action).toBe("access.createApiKey");
  const kept = await db.prisma.apiKey.findUniqueOrThrow({ where: { id: apiKeyId } });
  expect(JSON.stringify([audited?.details, { ...kept, keyHash: Buffer.from(kept.keyHash).toString() }])).not.toContain(
    key,
  );
  expect(kept.lastUsedAt).not.toBeNull();
});

test("a revoked key is refused 10 s later at the latest; revoking it again is harmless, an unknown one is not found", async () => {
  let nowMs = 0;
  const { verify } = createApiKeyVerifier({ pool: db.pool, nowMs: () => nowMs });
  const { apiKeyId, key } = await createApiKey(admin, { name: "Orders", permissions: ["publish.send"] });
  expect(await verify(key)).not.toBeNull();
  await revokeApiKey(admin, { apiKeyId });
  await revokeApiKey(admin, { apiKeyId });
  nowMs = 10_000;
  expect(await verify(key)).toBeNull();
  await expect(revokeApiKey(admin, { apiKeyId: randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a key that is replaced is taken for a day beside the new one, which alone goes on; rotated again it ends at once", async () => {
  const first = await createApiKey(admin, { name: "Rotated", permissions: ["publish.send"] });
  const second = await rotateApiKey(admin, { apiKeyId: first.apiKeyId });
  const { verify, forget } = createApiKeyVerifier({ pool: db.pool, nowMs: () => 0 });
  expect((await verify(first.key))?.actor.id).toBe(first.apiKeyId);
  expect((await verify(second.key))?.actor.id).toBe(first.apiKeyId);
  const listed = (await listApiKeys(admin, {})).find(({ id }) => id === first.apiKeyId);
  expect(Date.parse(listed?.previousUntil ?? "")).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  const third = await rotateApiKey(admin, { apiKeyId: first.apiKeyId });
  forget();
  expect(await verify(first.key)).toBeNull();
  expect(await verify(second.key)).not.toBeNull();
  await db.pool.query("update api_keys set previous_until = now() where id = $1", [first.apiKeyId]);
  forget();
  expect(await verify(second.key)).toBeNull();
  expect(await verify(third.key)).not.toBeNull();
  await revokeApiKey(admin, { apiKeyId: first.apiKeyId });
  await expect(rotateApiKey(admin, { apiKeyId: first.apiKeyId })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(
    await db.prisma.auditEvent.count({ where: { subjectId: first.apiKeyId, action: "access.rotateApiKey" } }),
  ).toBe(2);
});

test("publishers are told at once that a key was revoked", async () => {
  const heard: LiveEvent[] = [];
  const listener = listen({ url, channels: ["access"], log: admin.log, onEvent: (event) => heard.push(event) });
  await expect.poll(() => listener.connected()).toBe(true);
  const { apiKeyId } = await createApiKey(admin, { name: "Told", permissions: ["publish.send"] });
  await revokeApiKey(admin, { apiKeyId });
  await expect.poll(() => heard).toContainEqual({ type: "access.apiKeysChanged" });
  await listener.close();
});

test.each(rolesWithout("access.manage"))("the role %s may neither make keys nor grant topics", async (role) => {
  const ctx = testContext(db, { role });
  const calls = [
    createApiKey(ctx, { name: "x", permissions: ["publish.send"] }),
    rotateApiKey(ctx, { apiKeyId: randomUUID() }),
    revokeApiKey(ctx, { apiKeyId: randomUUID() }),
    putGrants(ctx, [grant]),
    deleteGrants(ctx, [grant]),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await db.prisma.grant.count()).toBe(0);
});
