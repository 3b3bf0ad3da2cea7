import type { TransactionContext } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";

/**
 * Machine write: the phone itself answered at an instant, in the caller's transaction: the strongest proof that the session open then is
 * alive. It says nothing of a session that began later, and never makes an ended one open: for that the broker is asked.
 * Gives whether it proved anything.
 */
export async function recordPong(
  { tx }: TransactionContext,
  { clientId, at }: { clientId: string; at: Date },
): Promise<boolean> {
  const proved = await tx.$executeRaw`
    update presence set proof_kind = 'ping', proof_at = ${at}
    where client_key = ${clientKeyOf(clientId)}::uuid and ver & 3 = 0
      and to_timestamp((ver >> 2) / 1000000.0) < ${at} and proof_at < ${at}`;
  return proved > 0;
}
