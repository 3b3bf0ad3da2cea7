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
    return { ...message, answer: await findAnswer(ctx, message) };
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
