import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import type { Context } from "@/lib/rbac/context";
import { selectMessage } from "./internal";
import { messageIdSchema, type MessageDetail, type MessageStatus } from "./schemas";

/** One message and how far it came, its app's answer included. A service sees only its own. Throws NOT_FOUND. */
export const getMessage = readVerb({
  permission: "publish.read",
  input: z.strictObject({ messageId: messageIdSchema }),
  work: async (ctx, { messageId }): Promise<MessageDetail> => {
    const message = await selectMessage(ctx, messageId);
    const [answer, previousId] = await Promise.all([findAnswer(ctx, message), findPrevious(ctx, message)]);
    return { ...message, answer, previousId };
  },
});

async function findAnswer(ctx: Context, { clientId, commandId }: MessageStatus): Promise<MessageDetail["answer"]> {
  if (clientId === null || commandId === null) return null;
  const { rows } = await ctx.db.pool.query<{ received_at: Date; type: string }>(
    `select received_at, type from device_events where command_id = $1 and client_id = $2 order by received_at limit 1`,
    [commandId, clientId],
  );
  return rows[0] ? { at: rows[0].received_at.toISOString(), type: rows[0].type } : null;
}

// Of the console's own only, which are few: services send many to one topic.
async function findPrevious(ctx: Context, { messageId, source }: MessageStatus): Promise<string | null> {
  if (source !== "console") return null;
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `select before.id from messages this join messages before
       on before.source = this.source and before.topic_name = this.topic_name and before.seq < this.seq
     where this.id = $1 order by before.seq desc limit 1`,
    [messageId],
  );
  return rows[0]?.id ?? null;
}
