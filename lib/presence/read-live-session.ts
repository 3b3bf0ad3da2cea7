import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { NodeFailure, type NodeAddress } from "@/lib/broker/ask-node";
import type { Broker, SessionFacts } from "@/lib/broker/broker";
import type { Context } from "@/lib/rbac/context";
import { clientSchema, type LiveSession } from "./schemas";

// As for a client's state: the broker itself goes on for up to a minute when a node is frozen.
const GIVE_UP_MS = 1_000;

/**
 * The verb that reads a client's session from the broker as it is now: kind, protocol, queue, subscriptions. Every node is asked at
 * once and the first that sees it is believed; ends within a second, and says when the broker did not answer. Nothing is recorded of it
 * but the look: it is no proof of a state.
 */
export const readLiveSession = (parts: SessionParts) =>
  readVerb({
    permission: "presence.read",
    input: clientSchema,
    work: (ctx, { clientId }) => findLiveSession(parts, ctx, clientId),
    audit: ({ clientId }) => ({
      action: "presence.readLiveSession",
      subjectKind: "client",
      subjectId: clientId,
      goesOnForMinutes: LOOK_MINUTES,
    }),
  });

/** Where sessions are read from. */
export interface SessionParts {
  broker: Pick<Broker, "describeSession">;
  nodes: readonly NodeAddress[];
  /** Monotonic milliseconds. */
  nowMs: () => number;
}

/** What `readLiveSession` reads, for verbs that checked a permission and leave an audit row of their own. */
export async function findLiveSession(parts: SessionParts, ctx: Context, clientId: string): Promise<LiveSession> {
  const beganMs = parts.nowMs();
  const answers = await firstSeen(
    parts.nodes.map((node) => describe(ctx, () => parts.broker.describeSession(node, clientId, GIVE_UP_MS))),
  );
  const tookMs = Math.round(parts.nowMs() - beganMs);
  if (answers.facts) return { status: "session", ...toLive(answers.facts), tookMs };
  return { status: answers.isComplete ? "no_session" : "no_answer", tookMs };
}

type Described = { answered: true; facts: SessionFacts | null } | { answered: false };

async function describe(ctx: Context, ask: () => Promise<SessionFacts | null>): Promise<Described> {
  try {
    return { answered: true, facts: await ask() };
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    ctx.log.debug({ err: error }, "a node did not describe a client's session");
    return { answered: false };
  }
}

/** The facts of whoever sees the session first; absence is only complete when every node said so. */
async function firstSeen(
  asked: readonly Promise<Described>[],
): Promise<{ facts: SessionFacts | null; isComplete: boolean }> {
  const seen = asked.map(async (each) => {
    const described = await each;
    if (described.answered && described.facts) return described.facts;
    throw new Error("not seen by this node");
  });
  try {
    return { facts: await Promise.any(seen), isComplete: true };
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    const all = await Promise.all(asked);
    return { facts: null, isComplete: all.length > 0 && all.every(({ answered }) => answered) };
  }
}

const toLive = (facts: SessionFacts) => ({
  isOnline: facts.isOnline,
  cleanSession: facts.cleanSession,
  protocolVersion: facts.protocolVersion,
  startedAt: facts.startedAt?.toISOString() ?? null,
  queuedMessages: facts.queuedMessages,
  waitingAcks: facts.waitingAcks,
  subscriptions: facts.subscriptions,
});
