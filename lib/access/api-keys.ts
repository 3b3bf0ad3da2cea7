import { hash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { notify } from "@/lib/events/notify";
import type { Permission } from "@/lib/rbac/permissions";
import { createApiKeySchema, OVERLAP_HOURS, type MadeApiKey } from "./schemas";

/** What a key begins with, so that one found where it should not be is known for what it is. */
const PREFIX = "lck_";

/** A new API key: 256 random bits. */
export const makeApiKey = (): string => PREFIX + randomBytes(32).toString("base64url");

/** How a key is stored and looked up: SHA-256, as 256 random bits leave nothing for a slow hash to protect. */
export const hashApiKey = (key: string): Buffer => hash("sha256", key, "buffer");

/** Makes a key for a service. The key itself is in this answer and nowhere else, ever. */
export const createApiKey = writeVerb({
  permission: "access.manage",
  input: createApiKeySchema,
  work: async (ctx, { name, permissions, topicFilters, ratePerSecond = null, mostRecipients = null }) => {
    const key = makeApiKey();
    const row = await ctx.tx.apiKey.create({
      data: {
        name,
        permissions,
        topicFilters,
        ratePerSecond,
        mostRecipients,
        createdBy: ctx.actor.name,
        keyHash: storedHash(key),
      },
    });
    const result: MadeApiKey = { apiKeyId: row.id, key };
    return {
      result,
      audit: {
        action: "access.createApiKey",
        subjectKind: "api_key",
        subjectId: row.id,
        details: { name, permissions, topicFilters, ratePerSecond, mostRecipients },
      },
    };
  },
});

const apiKeyIdSchema = z.strictObject({ apiKeyId: z.uuid() });

/**
 * A new key in place of one in use: both are taken for 24 h, then only the new one. Rotating again ends the older of the two at once.
 * Throws NOT_FOUND, and CONFLICT for a key that is revoked.
 */
export const rotateApiKey = writeVerb({
  permission: "access.manage",
  input: apiKeyIdSchema,
  work: async (ctx, { apiKeyId }) => {
    const row = await ctx.tx.apiKey.findUnique({ where: { id: apiKeyId } });
    if (!row) throw new AppError("NOT_FOUND", sentence("There is no API key {apiKeyId}.", { apiKeyId }));
    if (row.revokedAt) throw new AppError("CONFLICT", "This key is revoked. Make a new one.");
    const key = makeApiKey();
    const previousUntil = new Date(ctx.now().getTime() + OVERLAP_HOURS * 3_600_000);
    await ctx.tx.apiKey.update({
      where: { id: apiKeyId },
      data: { keyHash: storedHash(key), previousHash: row.keyHash, previousUntil },
    });
    await notify(ctx.tx, { type: "access.apiKeysChanged" });
    const result: MadeApiKey = { apiKeyId, key };
    return {
      result,
      audit: {
        action: "access.rotateApiKey",
        subjectKind: "api_key",
        subjectId: apiKeyId,
        details: { name: row.name, previousUntil: previousUntil.toISOString() },
      },
    };
  },
});

/** Ends a key, and the one it replaced; publishers hear of it at once. Ending it twice is harmless. Throws NOT_FOUND. */
export const revokeApiKey = writeVerb({
  permission: "access.manage",
  input: apiKeyIdSchema,
  work: async (ctx, { apiKeyId }) => {
    const changed = await ctx.tx.$executeRaw`
      update api_keys set revoked_at = coalesce(revoked_at, now()) where id = ${apiKeyId}::uuid`;
    if (changed === 0) throw new AppError("NOT_FOUND", sentence("There is no API key {apiKeyId}.", { apiKeyId }));
    await notify(ctx.tx, { type: "access.apiKeysChanged" });
    return {
      result: undefined,
      audit: { action: "access.revokeApiKey", subjectKind: "api_key", subjectId: apiKeyId },
    };
  },
});

const storedHash = (key: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hashApiKey(key));

/**
 * Makes sure that a key made elsewhere (the practice stack's own) is known, under this name and with these permissions.
 * A machine write of the stack, before anything runs; safe to repeat.
 */
export async function ensureApiKey(
  pool: Pool,
  of: { name: string; key: string; permissions: readonly Permission[] },
): Promise<void> {
  await pool.query(
    `insert into api_keys (name, key_hash, permissions) values ($1, $2, $3)
     on conflict (key_hash) do update set name = excluded.name, permissions = excluded.permissions`,
    [of.name, hashApiKey(of.key), of.permissions],
  );
}
