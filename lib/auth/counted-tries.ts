import { AppError } from "@/lib/errors";
import { consoleDatabase } from "@/lib/http/console-database";
import { onceInProcess } from "@/lib/http/in-process";
import type { Context } from "@/lib/rbac/context";
import { signInLimits, type SignInLimits } from "./sign-in-limits";

/** The console's one count of tries. */
export const consoleSignInLimits = (): SignInLimits =>
  onceInProcess("sign-in-limits", () => signInLimits(consoleDatabase().pool));

/**
 * Does what asks whoever is signed in for their password or a code once more. Those may be guessed no oftener than at the door, so that an
 * unwatched screen gives nobody more tries. Throws LIMIT with the wait.
 */
export async function withCountedTries<R>(ctx: Context, work: () => Promise<R>): Promise<R> {
  const from = { email: `password-of:${ctx.actor.id}`, address: ctx.fromAddress };
  await consoleSignInLimits().take(from);
  try {
    const result = await work();
    await consoleSignInLimits().giveBack(from);
    return result;
  } catch (error) {
    // Only what was wrong counts as a try.
    if (!(error instanceof AppError && error.code === "FORBIDDEN")) await consoleSignInLimits().giveBack(from);
    throw error;
  }
}
