import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { rolesWithout, testContext } from "@/test/factories";
import { createApiKey, revokeApiKey } from "./api-keys";
import { deleteGrants } from "./delete-grants";
import { putGrants } from "./put-grants";
import { createApiKeyVerifier } from "./verify-api-key";

const { db } = await testDatabase();
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

test.each(rolesWithout("access.manage"))("the role %s may neither make keys nor grant topics", async (role) => {
  const ctx = testContext(db, { role });
  const calls = [
    createApiKey(ctx, { name: "x", permissions: ["publish.send"] }),
    revokeApiKey(ctx, { apiKeyId: randomUUID() }),
    putGrants(ctx, [grant]),
    deleteGrants(ctx, [grant]),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await db.prisma.grant.count()).toBe(0);
});
