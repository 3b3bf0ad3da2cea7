import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { messageIdSchema, type MessagePayload } from "./schemas";

/**
 * The payload of a message, to look at or send again; each look leaves an audit row. Commands of LiveConnect itself are
 * not shown: they may carry an upload URL, which is a credential. Throws NOT_FOUND.
 */
export const readPayload = readVerb({
  permission: "publish.send",
  input: z.strictObject({ messageId: messageIdSchema }),
  work: async (ctx, { messageId }): Promise<MessagePayload> => {
    const found = await ctx.db.pool.query<{ payload: Buffer }>(
      "select payload from messages where id = $1 and source <> 'diagnostics'",
      [messageId],
    );
    const payload = found.rows[0]?.payload;
    if (!payload) throw new AppError("NOT_FOUND", `There is no payload to show for the message ${messageId}.`);
    return {
      messageId,
      text: isUtf8(payload) ? payload.toString("utf8") : null,
      base64: payload.toString("base64"),
    };
  },
  audit: ({ messageId }) => ({ action: "publish.readPayload", subjectKind: "message", subjectId: messageId }),
});
