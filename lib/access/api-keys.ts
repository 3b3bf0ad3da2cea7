import { createHash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { z } from "zod";
import { writeVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { PERMISSIONS, type Permission } from "@/lib/rbac/permissions";

/** What a key begins with, so that one found where it should not be is known for what it is. */
const PREFIX = "lck_";

/** A new API key: 256 random bits. */
export const makeApiKey = (): string => PREFIX + randomBytes(32).toString("base64url");

/** How a key is stored and looked up: SHA-256, as 256 random bits leave nothing for a slow hash to protect. */
export const hashApiKey = (key: string): Buffer => createHash("sha256").update(key).digest();

export const createApiKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  permissions: z.array(z.enum(PERMISSIONS)).min(1),
});

/** Makes a key for a service. The key itself is in this answer and nowhere else, ever. */
export const createApiKey = writeVerb({
  permission: "access.manage",
  input: createApiKeySchema,
  work: async (ctx, { name, permissions }) => {
    const key = makeApiKey();
    const row = await ctx.tx.apiKey.create({
      data: { name, permissions, keyHash: Uint8Array.from(hashApiKey(key)) },
    });
    return {
      result: { apiKeyId: row.id, key },
      audit: {
        action: "access.createApiKey",
        subjectKind: "api_key",
        subjectId: row.id,
        details: { name, permissions },
      },
    };
  },
});

/** Ends a key; publishers notice within 10 s. Ending it twice is harmless. Throws NOT_FOUND. */
export const revokeApiKey = writeVerb({
  permission: "access.manage",
  input: z.strictObject({ apiKeyId: z.uuid() }),
  work: async (ctx, { apiKeyId }) => {
    const changed = await ctx.tx.$executeRaw`
      update api_keys set revoked_at = coalesce(revoked_at, now()) where id = ${apiKeyId}::uuid`;
    if (changed === 0) throw new AppError("NOT_FOUND", `There is no API key ${apiKeyId}.`);
    return {
      result: undefined,
      audit: { action: "access.revokeApiKey", subjectKind: "api_key", subjectId: apiKeyId },
    };
  },
});

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
