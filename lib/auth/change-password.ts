import type { InputOf } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { consoleDatabase } from "@/lib/http/console-database";
import { onceInProcess } from "@/lib/http/in-process";
import { changeOwnPassword } from "@/lib/operators/set-password";
import type { Context } from "@/lib/rbac/context";
import { signInLimits, type SignInLimits } from "./sign-in-limits";

/** The console's one count of tries. */
export const consoleSignInLimits = (): SignInLimits =>
  onceInProcess("sign-in-limits", () => signInLimits(consoleDatabase().pool));

/**
 * Changes one's own password; the present one may be guessed no oftener than at the door, so that an unwatched screen gives nobody
 * more tries. Throws LIMIT with the wait.
 */
export async function changePassword(
  ctx: Context,
  input: InputOf<typeof changeOwnPassword>,
): Promise<{ ended: number }> {
  const from = { email: `password-of:${ctx.actor.id}`, address: ctx.fromAddress };
  await consoleSignInLimits().take(from);
  try {
    const result = await changeOwnPassword(ctx, input);
    await consoleSignInLimits().giveBack(from);
    return result;
  } catch (error) {
    // Only a wrong password counts as a try.
    if (!(error instanceof AppError && error.code === "FORBIDDEN")) await consoleSignInLimits().giveBack(from);
    throw error;
  }
}
