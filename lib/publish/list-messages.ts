import { readVerb } from "@/lib/audit/verb";
import { MESSAGE_COLUMNS, toMessageStatus, type MessageRow } from "./message-row";
import { listMessagesSchema, type MessagePage } from "./schemas";

/** What was published before, newest first, a page at a time; without payloads. */
export const listMessages = readVerb({
  permission: "publish.read",
  input: listMessagesSchema,
  work: async (ctx, { source, clientId, cursor, limit }): Promise<MessagePage> => {
    const found = await ctx.db.pool.query<MessageRow>(
      `select ${MESSAGE_COLUMNS} from messages
       where source = $1 and ($2::text is null or client_id = $2) and ($3::bigint is null or seq < $3)
       order by seq desc limit $4`,
      [source, clientId ?? null, cursor ?? null, limit + 1],
    );
    const page = found.rows.slice(0, limit);
    return {
      messages: page.map(toMessageStatus),
      nextCursor: found.rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
    };
  },
});
