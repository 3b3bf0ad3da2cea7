import { isUtf8 } from "node:buffer";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { countClients } from "@/lib/presence/count-clients";
import type { Context } from "@/lib/rbac/context";
import { countRecipientsSchema, listSendsSchema, sendIdSchema } from "./schemas";
import type { ClientChoice, RecipientCounts, SendContent, SendPage } from "./schemas";
import { openSendPayload } from "./send-payload";
import { selectSend, selectSends } from "./send-row";

/** How far a send is. A service sees only its own. Throws NOT_FOUND. */
export const getSend = readVerb({
  permission: "publish.read",
  input: sendIdSchema,
  work: (ctx, { sendId }) => selectSend({ actor: ctx.actor, pool: ctx.db.pool }, sendId),
});

/** Sends, newest first, a page at a time. */
export const listSends = readVerb({
  permission: "publish.read",
  input: listSendsSchema,
  work: async (ctx, { cursor, limit }): Promise<SendPage> => {
    const found = await selectSends(
      { actor: ctx.actor, pool: ctx.db.pool },
      { where: "($2::timestamptz is null or made_at < $2)", values: [cursor ?? null], limit: limit + 1 },
    );
    const sends = found.slice(0, limit);
    return { sends, nextCursor: found.length > limit ? (sends.at(-1)?.madeAt ?? null) : null };
  },
});

/** Whom a send would reach now; nothing is sent. */
export const countRecipients = readVerb({
  permission: "publish.send",
  input: countRecipientsSchema,
  work: (ctx, { clients }) => recipientsOf(ctx, clients),
});

/** The same for verbs that have checked a permission. */
export async function recipientsOf(ctx: Context, clients: ClientChoice): Promise<RecipientCounts> {
  const { clientIds, ...filters } = clients;
  const listed = clientIds ? [...new Set(clientIds)] : null;
  const now = ctx.now();
  const [counts, known] = await Promise.all([
    countClients(ctx.db.pool, { filters, clientIds: listed, now }),
    listed ? countKnown(ctx, listed) : 0,
  ]);
  const { online, offline_queued: offlineQueued, offline_gone: offlineGone, unknown } = counts;
  return {
    total: online + offlineQueued + offlineGone + unknown,
    online,
    offlineQueued,
    offlineGone,
    unknown,
    neverSeen: (listed?.length ?? 0) - known,
  };
}

async function countKnown(ctx: Context, clientIds: readonly string[]): Promise<number> {
  const { rows } = await ctx.db.pool.query<{ n: number }>(
    "select count(*) as n from clients join presence using (client_key) where client_id = any($1)",
    [clientIds],
  );
  return rows[0]?.n ?? 0;
}

/** What a send says and whom its list names, for who may publish and perhaps approve it; each look leaves an audit row. Throws NOT_FOUND. */
export const readSendPayload = readVerb({
  permission: "publish.send",
  input: sendIdSchema,
  work: async (ctx, { sendId }): Promise<SendContent> => {
    const { rows } = await ctx.db.pool.query<{ payload: Buffer; client_ids: string[] }>(
      "select payload, client_ids from sends where id = $1",
      [sendId],
    );
    if (!rows[0]) throw new AppError("NOT_FOUND", sentence("There is no send {sendId}. Check the id.", { sendId }));
    const payload = openSendPayload(sendId, rows[0].payload);
    return {
      messageId: sendId,
      text: isUtf8(payload) ? payload.toString("utf8") : null,
      base64: payload.toString("base64"),
      clientIds: rows[0].client_ids.length > 0 ? rows[0].client_ids : null,
    };
  },
  audit: ({ sendId }) => ({ action: "publish.readSendPayload", subjectKind: "send", subjectId: sendId }),
});
