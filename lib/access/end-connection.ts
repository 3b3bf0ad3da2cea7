import { NodeFailure, type NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { announceEnding } from "@/lib/presence/announce-ending";
import { inTransaction, type Context } from "@/lib/rbac/context";

/** Who is told to end connections. */
export interface Enders {
  broker: Pick<Broker, "disconnectSession">;
  nodes: readonly NodeAddress[];
}

/**
 * Machine write: ends the connection of a client that is refused, and says why; its session stays. By any node that takes the order; throws
 * when none does, and the next look tries again. Ending one that is gone harms nobody.
 */
export async function endConnection(
  ctx: Context,
  { broker, nodes }: Enders,
  { clientId, reason, by }: { clientId: string; reason: "revoked" | "blocked"; by: string },
): Promise<void> {
  await inTransaction(ctx, (txCtx) => announceEnding(txCtx, { clientId, reason, by }));
  let failure: unknown = new Error("There is no node of the broker that devices connect to.");
  for (const node of nodes) {
    try {
      return await broker.disconnectSession(node, clientId, "keep_session");
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error;
      failure = error;
      ctx.log.warn(
        { err: error, node: node.name },
        "a node did not take the order to end a connection that is refused",
      );
    }
  }
  throw failure;
}
