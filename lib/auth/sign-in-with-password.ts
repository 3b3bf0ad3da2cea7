import { z } from "zod";
import { AppError } from "@/lib/errors";
import { acceptCode } from "@/lib/operators/accept-code";
import { findOperatorForSignIn, type OperatorCredentials } from "@/lib/operators/find-operator";
import { isPassword } from "@/lib/operators/password";
import { recordCodeAsked, recordRefusedSignIn, recordSignIn, type SignInRefusal } from "@/lib/operators/record-sign-in";
import type { Context } from "@/lib/rbac/context";
import type { SignInLimits } from "./sign-in-limits";

const credentialsSchema = z.object({
  email: z.string().trim().min(3).max(254),
  // A bound on the work of hashing; longer than any password manager makes.
  password: z.string().min(1).max(256),
  // Absent before it was asked for.
  code: z.string().trim().max(40).default(""),
});

// Each takes 19 MiB and a thread of the few there are; more than this wait in no queue but are told to come again.
const MOST_AT_ONCE = 8;
let atOnce = 0;

interface Desk {
  limits: SignInLimits;
  /** As `deviceOf` names it. */
  device: string;
  /** Whether accounts of a practice stack may sign in. */
  practice: boolean;
}

/** What next-auth is handed of a sign-in. */
export interface SignedIn {
  /** The operator's. */
  id: string;
  sessionId: string;
}

/**
 * Checks an e-mail and password, and where the account has a second factor a code, opens a session, and keeps in the audit how it ended.
 * Null when refused, whatever the cause: the caller learns nothing of it. "code": it was right so far, and all three are to be given. A
 * try counts until all that is asked for was right. Throws LIMIT when it must wait. `ctx` is the console's own.
 */
export async function signInWithPassword(
  ctx: Context,
  { limits, device, practice }: Desk,
  given: unknown,
): Promise<SignedIn | "code" | null> {
  const parsed = credentialsSchema.safeParse(given);
  if (!parsed.success) return null;
  const { email, password, code } = parsed.data;
  const from = { email, address: ctx.fromAddress };
  await limits.take(from);

  const operator = await findOperatorForSignIn(ctx.db, email);
  const matches = await oneOfFew(() => isPassword(password, operator?.passwordHash ?? null));
  const cause = causeOf(operator, { matches, practice });
  if (!operator || cause) {
    await recordRefusedSignIn(ctx, { operatorId: operator?.id ?? null, cause: cause ?? "unknown" });
    return null;
  }
  const { factor } = operator;
  if (factor && code === "") {
    await recordCodeAsked(ctx, operator.id);
    return "code";
  }
  const secondFactor = factor ? await acceptCode(ctx, { factor, code }) : null;
  if (secondFactor === "wrong" || secondFactor === "used") {
    await recordRefusedSignIn(ctx, { operatorId: operator.id, cause: secondFactor === "used" ? "usedCode" : "code" });
    return null;
  }
  await limits.giveBack(from);
  const sessionId = await recordSignIn(ctx, { operator, method: "password", device, secondFactor });
  return { id: operator.id, sessionId };
}

function causeOf(
  operator: OperatorCredentials | null,
  { matches, practice }: { matches: boolean; practice: boolean },
): SignInRefusal | null {
  if (!operator) return "unknown";
  if (!matches) return "password";
  if (operator.disabled) return "disabled";
  return operator.practice && !practice ? "practice" : null;
}

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (atOnce >= MOST_AT_ONCE)
    throw new AppError("LIMIT", "Many people sign in just now; wait 2 s.", { retryAfterSeconds: 2 });
  atOnce += 1;
  try {
    return await work();
  } finally {
    atOnce -= 1;
  }
}
