import type { Context } from "@/lib/rbac/context";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { MESSAGE_COLUMNS, toMessageStatus, type MessageRow } from "./message-row";
import type { MessageStatus } from "./schemas";

/** One message by id, for verbs that have checked a permission. A service sees only its own. Throws NOT_FOUND. */
export async function selectMessage(ctx: Context, messageId: string): Promise<MessageStatus> {
  const ownerId = ctx.actor.kind === "service" ? ctx.actor.id : null;
  const found = await ctx.db.pool.query<MessageRow>(
    `select ${MESSAGE_COLUMNS} from messages where id = $1 and ($2::text is null or actor_id = $2)`,
    [messageId, ownerId],
  );
  const row = found.rows[0];
  if (!row) throw new AppError("NOT_FOUND", sentence("There is no message {messageId}. Check the id.", { messageId }));
  return toMessageStatus(row);
}
