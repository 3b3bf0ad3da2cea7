import type { TransactionContext } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";
import type { AnnouncedReason } from "./schemas";

/**
 * Part of a write verb: says that the open session of the client is about to be ended, so that its ending, of which the broker tells no reason, gets this one
 * and the name of who ordered it, the actor unless said, when it comes within 20 s. For write verbs, whose transaction must commit before the broker is told to
 * end the session. Without an ending it stays without effect; a second call replaces the first.
 */
export async function announceEnding(
  ctx: TransactionContext,
  { clientId, reason, by = ctx.actor.name }: { clientId: string; reason: AnnouncedReason; by?: string },
): Promise<void> {
  await ctx.tx.$executeRaw`insert into announced_endings (client_key, reason, announced_by, announced_at)
    values (${clientKeyOf(clientId)}::uuid, ${reason}, ${by}, clock_timestamp())
    on conflict (client_key) do update set
      reason = excluded.reason, announced_by = excluded.announced_by, announced_at = excluded.announced_at`;
}
