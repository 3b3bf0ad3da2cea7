import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { openPayload } from "./kept-payload";
import { messageIdSchema, type MessagePayload } from "./schemas";

/**
 * The payload of a message, to look at or send again; each look leaves an audit row. Commands of LiveConnect itself are
 * not shown: they may carry an upload URL, which is a credential. Throws NOT_FOUND.
 */
export const readPayload = readVerb({
  permission: "publish.send",
  input: z.strictObject({ messageId: messageIdSchema }),
  work: async (ctx, { messageId }): Promise<MessagePayload> => {
    const found = await ctx.db.pool.query<{ topic_name: string; payload: Buffer; sealed: boolean }>(
      "select topic_name, payload, sealed from messages where id = $1 and source <> 'diagnostics'",
      [messageId],
    );
    const [row] = found.rows;
    if (!row)
      throw new AppError(
        "NOT_FOUND",
        sentence("There is no payload to show for the message {messageId}.", { messageId }),
      );
    const payload = openPayload({ ...row, topicName: row.topic_name });
    return {
      messageId,
      text: isUtf8(payload) ? payload.toString("utf8") : null,
      base64: payload.toString("base64"),
    };
  },
  audit: ({ messageId }) => ({ action: "publish.readPayload", subjectKind: "message", subjectId: messageId }),
});
