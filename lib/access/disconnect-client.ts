import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { parseInput, writeVerb } from "@/lib/audit/verb";
import { NodeFailure, type NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { AppError } from "@/lib/errors";
import { announceEnding } from "@/lib/presence/announce-ending";
import { applyAnswer } from "@/lib/presence/apply-answer";
import type { AskClient, ClientAnswer } from "@/lib/presence/ask-client";
import { requirePermission } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import {
  DISCONNECT_OUTCOMES,
  disconnectClientSchema,
  type DisconnectClientResult,
  type DisconnectOutcome,
} from "./schemas";

export interface DisconnectParts {
  broker: Pick<Broker, "disconnectSession">;
  nodes: readonly NodeAddress[];
  ask: AskClient;
}

// The broker answers Done at once, also for clients nobody knows; how long we ask until it is so.
const MOST_LOOKS = 8;
const LOOK_EVERY_MS = 300;

/**
 * The verb that ends a client's connection, and with `session: "end"` its session and the messages that wait in it. Announced first,
 * so that the ending has its reason; then the broker is told; then it is asked until the client is offline, or back with a newer
 * session, as phones are within seconds unless they are blocked. Both the order and what came of it are in the audit.
 * Throws NOT_FOUND for a client that never signed in, UNAVAILABLE when no node takes the order.
 */
export const disconnectClient =
  (parts: DisconnectParts) =>
  async (ctx: Context, input: z.input<typeof disconnectClientSchema>): Promise<DisconnectClientResult> => {
    requirePermission(ctx.actor, "access.disconnect");
    const order = parseInput(disconnectClientSchema, input);
    const before = await parts.ask(order.clientId);
    const isOffline = before.status === "offline" || before.status === "absent";
    // A kept session can be ended without a connection; a connection cannot be where there is none.
    if (before.status === "absent" || (isOffline && order.session === "keep"))
      return recordOutcome(before)(ctx, { ...order, outcome: "was_offline" });
    await announce(ctx, order);
    await tellBroker(ctx, { parts, order, before });
    const { outcome, answer } = await follow(parts.ask, { clientId: order.clientId, before });
    return recordOutcome(answer)(ctx, { ...order, outcome });
  };

type Order = z.output<typeof disconnectClientSchema>;

const announce = writeVerb({
  permission: "access.disconnect",
  input: disconnectClientSchema,
  work: async (ctx, { clientId, reason, session, because }) => {
    await announceEnding(ctx, { clientId, reason: because });
    return {
      result: undefined,
      audit: {
        action: "access.orderDisconnect",
        subjectKind: "client",
        subjectId: clientId,
        reason,
        details: { session, because },
      },
    };
  },
});

/** The node that holds the session first: it ends it without asking another. */
async function tellBroker(
  ctx: Context,
  { parts, order, before }: { parts: DisconnectParts; order: Order; before: ClientAnswer },
): Promise<void> {
  const holder = before.status === "online" ? before.session.node : null;
  const nodes = parts.nodes.toSorted((a, b) => Number(b.name === holder) - Number(a.name === holder));
  const keep = order.session === "keep" ? "keep_session" : "end_session";
  for (const node of nodes) {
    try {
      return await parts.broker.disconnectSession(node, order.clientId, keep);
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error;
      ctx.log.warn({ err: error, node: node.name }, "a node did not take the order to disconnect; the next is told");
    }
  }
  throw new AppError("UNAVAILABLE", "No node of the broker took the order. Look at the cluster, then try again.");
}

async function follow(
  ask: AskClient,
  { clientId, before }: { clientId: string; before: ClientAnswer },
): Promise<{ outcome: DisconnectOutcome; answer: ClientAnswer }> {
  let answer = before;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    answer = await ask(clientId);
    if (answer.status === "offline" || answer.status === "absent") return { outcome: "offline", answer };
    if (answer.status === "online" && !isSameSession(answer, before)) return { outcome: "back", answer };
    await wait(LOOK_EVERY_MS);
  }
  return { outcome: "not_confirmed", answer };
}

/** By the broker's own start of the session, or, where it does not say, by address and port. */
function isSameSession(answer: ClientAnswer & { status: "online" }, before: ClientAnswer): boolean {
  if (before.status !== "online") return before.status === "no_answer";
  const [now, then] = [answer.session, before.session];
  if (now.startedUs !== null && then.startedUs !== null) return now.startedUs === then.startedUs;
  return now.node === then.node && now.peer?.address === then.peer?.address && now.peer?.port === then.peer?.port;
}

const recordOutcome = (answer: ClientAnswer) =>
  writeVerb({
    permission: "access.disconnect",
    input: disconnectClientSchema.extend({ outcome: z.enum(DISCONNECT_OUTCOMES) }),
    work: async (ctx, { clientId, reason, session, because, outcome }) => {
      // What the broker said last is a proof as good as any, and no hook tells of a session that was ended for good.
      const applied = answer.status === "no_answer" ? null : await applyAnswer(ctx, { clientId, answer });
      const result: DisconnectClientResult = { outcome, state: applied?.after ?? null };
      return {
        result,
        audit: {
          action: "access.disconnectClient",
          subjectKind: "client",
          subjectId: clientId,
          reason,
          details: { session, because, ...result },
        },
      };
    },
  });
