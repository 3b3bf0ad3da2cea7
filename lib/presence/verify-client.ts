import { parseInput, writeVerb } from "@/lib/audit/verb";
import type { z } from "zod";
import { requirePermission } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { applyAnswer } from "./apply-answer";
import type { AskClient, ClientAnswer } from "./ask-client";
import { clientSchema, type VerifyClientResult } from "./schemas";

/**
 * The verb that asks the broker about one client now and records what it says: a renewed proof, or a correction. Every question
 * is in the audit, an unanswered one too. Takes up to about a second; the question holds no transaction open.
 * Throws NOT_FOUND for a client that never signed in.
 */
export const verifyClient =
  (ask: AskClient) =>
  async (ctx: Context, input: z.input<typeof clientSchema>): Promise<VerifyClientResult> => {
    requirePermission(ctx.actor, "presence.verify");
    const { clientId } = parseInput(clientSchema, input);
    return recordAnswer(await ask(clientId))(ctx, { clientId });
  };

const recordAnswer = (answer: ClientAnswer) =>
  writeVerb({
    permission: "presence.verify",
    input: clientSchema,
    work: async (ctx, { clientId }) => {
      const { tookMs } = answer;
      const { outcome, before, after } =
        answer.status === "no_answer"
          ? { outcome: "no_answer" as const, before: null, after: null }
          : await applyAnswer(ctx, { clientId, answer });
      return {
        result: { outcome, state: after, tookMs },
        audit: {
          action: "presence.verifyClient",
          subjectKind: "client",
          subjectId: clientId,
          details: { outcome, answer: answer.status, before, after, tookMs },
        },
      };
    },
  });
