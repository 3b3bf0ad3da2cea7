import { readVerb } from "@/lib/audit/verb";
import { listBlocksSchema, type Block, type BlockKind, type ListBlocksResult } from "./schemas";

const MOST_SHOWN = 200;

interface Row {
  kind: BlockKind;
  subject: string;
  reason: string;
  blocked_by_name: string;
  blocked_at: Date;
  until: Date | null;
  refused: number | null;
}

/** Clients, people and networks that may not connect now. */
export const listBlocks = readVerb({
  permission: "access.read",
  input: listBlocksSchema,
  work: async (ctx): Promise<ListBlocksResult> => {
    const { rows } = await ctx.db.pool.query<Row & { blocks: number }>(BLOCKS, [MOST_SHOWN, ctx.now()]);
    const blocks = rows.map((row): Block => ({
      kind: row.kind,
      subject: row.subject,
      reason: row.reason,
      by: row.blocked_by_name,
      at: row.blocked_at.toISOString(),
      until: row.until?.toISOString() ?? null,
      refusedLately: row.refused,
    }));
    return { blocks, more: Math.max(0, (rows[0]?.blocks ?? 0) - blocks.length) };
  },
});

const BLOCKS = `
with holding as (
  select 'client' as kind, client_id as subject, reason, blocked_by_name, blocked_at, until from blocked_clients
  union all select kind, subject, reason, blocked_by_name, blocked_at, until from blocks
), shown as (
  select *, count(*) over ()::int as blocks from holding where until is null or until > $2
  order by blocked_at desc, kind, subject limit $1)
select shown.*, r.refused from shown left join lateral (
  select case shown.kind
    when 'client' then (select count(*)::int from connect_refusals c
      where c.client_id = shown.subject and c.at > $2 - interval '24 hours' and c.reason = 'blocked')
    when 'person' then (select count(*)::int from connect_refusals c join clients using (client_id)
      where clients.person_id = shown.subject and c.at > $2 - interval '24 hours' and c.reason = 'person_blocked') end as refused) r on true
order by blocked_at desc, kind, subject`;
