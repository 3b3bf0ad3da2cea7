import { unseal } from "@/lib/crypto/seal";
import { openingKeys } from "@/lib/env/sealing-key";
import type { Context } from "@/lib/rbac/context";
import { hashRecoveryCode, stepOfCode } from "./one-time-code";

/** What a code was: the app's, one that stands in for it; or why it is not taken: nobody's, or taken before. */
export type CodeOutcome = "app" | "recovery" | "wrong" | "used";

/** The second factor of an account as a code is held against it. */
export interface Factor {
  id: string;
  secretSealed: Uint8Array;
}

/**
 * Takes a code of a second factor, once: of many who show the same, one is let through, and an app's code of a step before the last that
 * was taken is none. Throws UNAVAILABLE without SEALING_KEY. Part of a write verb: it takes its transaction. Machine write: at the sign-in,
 * before there is an operator, whose outcome the sign-in records.
 */
export async function acceptCode(
  ctx: Context,
  { factor, code }: { factor: Factor; code: string },
): Promise<CodeOutcome> {
  const digits = code.replaceAll(/\s/g, "");
  return /^\d{6}$/.test(digits) ? acceptFromApp(ctx, factor, digits) : acceptRecovery(ctx, factor, code);
}

async function acceptFromApp(ctx: Context, { id, secretSealed }: Factor, code: string): Promise<CodeOutcome> {
  const secret = unseal(secretSealed, { keys: openingKeys(), about: id });
  const step = stepOfCode(code, { secret, now: ctx.now() });
  if (step === null) return "wrong";
  const taken = await (ctx.tx ?? ctx.db.prisma).$executeRaw`
    update second_factors set last_step = ${step} where id = ${id}::uuid and last_step < ${step}`;
  return taken === 1 ? "app" : "used";
}

async function acceptRecovery(ctx: Context, { id }: Factor, code: string): Promise<CodeOutcome> {
  const hash = hashRecoveryCode(code, id);
  const taken = await (ctx.tx ?? ctx.db.prisma).$executeRaw`
    update second_factors set recovery_hashes = array_remove(recovery_hashes, ${hash}::bytea)
    where id = ${id}::uuid and ${hash}::bytea = any(recovery_hashes)`;
  return taken === 1 ? "recovery" : "wrong";
}
