import { writeVerb } from "@/lib/audit/verb";
import { requireRoleTopic } from "@/lib/access/role-topics";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import type { Context, TransactionContext } from "@/lib/rbac/context";
import { sentence, term } from "@/lib/sentence";
import {
  decideSendSchema,
  sendIdSchema,
  sendStateSchema,
  type Send,
  type SendDecision,
  type SendState,
} from "./schemas";
import { selectSend } from "./send-row";

/** Pauses a send: what is on its way arrives, nothing follows. Pausing twice is harmless. Throws NOT_FOUND, CONFLICT for one that ended. */
export const pauseSend = changeVerb("pauseSend", { from: ["running"], to: "paused" });

/** Goes on with a paused send, where it stood. Throws NOT_FOUND, CONFLICT for one that ended or waits for approval. */
export const resumeSend = changeVerb("resumeSend", { from: ["paused"], to: "running" });

/** Ends a send for good; what is on its way arrives. Throws NOT_FOUND, CONFLICT for one that ended otherwise. */
export const cancelSend = changeVerb("cancelSend", { from: ["needs_approval", "running", "paused"], to: "cancelled" });

/**
 * A second operator's word on a send that needs one. Of two at once one decides, and the other is told so (`took`); each leaves an audit
 * row. Throws FORBIDDEN for one's own send and outside the role's topics, NOT_FOUND.
 */
export async function decideSend(ctx: Context, input: Parameters<typeof decide>[1]): Promise<SendDecision> {
  await requireRoleTopic(ctx, "publish", deviceTopics("+", topicRoot()).inbox);
  const took = await decide(ctx, input);
  return { send: await selectSend({ actor: ctx.actor, pool: ctx.db.pool }, input.sendId), took };
}

const DECIDED = { approve: "publish.approveSend", decline: "publish.declineSend" } as const;

const decide = writeVerb({
  permission: "publish.send",
  input: decideSendSchema,
  tried: ({ sendId, decision }) => ({ action: DECIDED[decision], subjectKind: "send", subjectId: sendId }),
  work: async (ctx, { sendId, decision }) => {
    if (ctx.actor.kind !== "operator") throw new AppError("FORBIDDEN", "Only an operator approves a send.");
    const row = await lockSend(ctx, sendId);
    if (row.actor_id === ctx.actor.id)
      throw new AppError("FORBIDDEN", "You made this send yourself. Someone else must approve it; you may cancel it.");
    const took = row.state === "needs_approval" && row.approve_by !== null && row.approve_by > ctx.now();
    const state = decision === "approve" ? "running" : "declined";
    if (took) {
      const at = ctx.now();
      await ctx.tx.send.update({
        where: { id: sendId },
        data: {
          state,
          decidedById: ctx.actor.id,
          decidedBy: ctx.actor.name,
          decidedAt: at,
          ...(state === "running" ? { startedAt: at } : { endedAt: at }),
        },
      });
      await notify(ctx.tx, { type: "publish.sendChanged", sendId, state });
    }
    return {
      result: took,
      audit: {
        action: DECIDED[decision],
        subjectKind: "send",
        subjectId: sendId,
        details: { took, clients: row.expected, madeBy: row.actor_name },
      },
    };
  },
});

function changeVerb(name: "pauseSend" | "resumeSend" | "cancelSend", change: { from: SendState[]; to: SendState }) {
  const verb = writeVerb({
    permission: "publish.send",
    input: sendIdSchema,
    tried: ({ sendId }) => ({ action: `publish.${name}`, subjectKind: "send", subjectId: sendId }),
    work: async (ctx, { sendId }) => {
      const { state, handed } = await lockSend(ctx, sendId);
      const changes = change.from.includes(state);
      if (!changes && state !== change.to)
        throw new AppError(
          "CONFLICT",
          sentence("This send is {state}, so there is nothing to {act}.", {
            state: { ...term("publish.sends.states", state), text: state.replace("_", " ") },
            act: ACTS[name],
          }),
        );
      if (changes) {
        const endedAt = change.to === "cancelled" ? ctx.now() : null;
        await ctx.tx.send.update({ where: { id: sendId }, data: { state: change.to, endedAt } });
        await notify(ctx.tx, { type: "publish.sendChanged", sendId, state: change.to });
      }
      return {
        result: undefined,
        audit: { action: `publish.${name}`, subjectKind: "send", subjectId: sendId, details: { changes, handed } },
      };
    },
  });
  return async (ctx: Context, input: { sendId: string }): Promise<Send> => {
    await verb(ctx, input);
    return selectSend({ actor: ctx.actor, pool: ctx.db.pool }, input.sendId);
  };
}

const ACTS = { pauseSend: sentence("pause"), resumeSend: sentence("resume"), cancelSend: sentence("cancel") };

/** The row, held until the transaction ends. A service has only its own. Throws NOT_FOUND. */
async function lockSend(ctx: TransactionContext, sendId: string) {
  const ownerId = ctx.actor.kind === "service" ? ctx.actor.id : null;
  const [row] = await ctx.tx.$queryRaw<
    { state: string; actor_id: string; actor_name: string; approve_by: Date | null; expected: number; handed: number }[]
  >`select state, actor_id, actor_name, approve_by, expected, handed from sends
    where id = ${sendId}::uuid and (${ownerId}::text is null or actor_id = ${ownerId}) for update`;
  if (!row) throw new AppError("NOT_FOUND", sentence("There is no send {sendId}. Check the id.", { sendId }));
  return { ...row, state: sendStateSchema.parse(row.state) };
}
