import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { findNodes } from "./read-series";

// No index leads from a node to its clients, as it would make each of their transitions dearer. Keys are hashes, so a node's
// clients lie evenly among all: twenty nodes with half of the clients online are looked through 40 rows for each one shown.
const MOST_LOOKED_AT = 20_000;

export interface NodeClients {
  clients: { clientId: string; since: string; platform: string | null; appVersion: string | null }[];
  /** Continues behind the last row that was looked at; null when all were. */
  nextCursor: string | null;
  /** This page ended before it was full, because so many rows were looked at; the next one goes on. */
  isCutShort: boolean;
}

/** Clients whose open session is on a node, in no order that means anything, by pages. Cost: at most 20 000 rows a page. */
export const listNodeClients = readVerb({
  permission: "presence.read",
  input: z.object({
    node: z.string().max(32),
    cursor: z.guid().nullish(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  work: async (ctx, input): Promise<NodeClients> => {
    const [node] = await findNodes(ctx.db.pool, [input.node]);
    if (!node)
      throw new AppError(
        "NOT_FOUND",
        sentence("There is no node {node}. See the cluster page for those there are.", { node: input.node }),
      );
    const { rows } = await ctx.db.pool.query<{
      client_key: string;
      client_id: string | null;
      since: Date | null;
      platform: string | null;
      app_version: string | null;
      looked_at: number;
    }>(
      // Rank 0: open. Of an earlier life of the node: ended with it.
      `with looked as materialized (
         select client_key, ver, node_id from presence where $2::uuid is null or client_key > $2 order by client_key limit ${MOST_LOOKED_AT}
       ), found as (
         select l.client_key, to_timestamp((l.ver >> 2) / 1000000.0) as since from looked l join broker_nodes n using (node_id)
         where l.node_id = $1 and l.ver & 3 = 0 and (n.booted_at is null or to_timestamp((l.ver >> 2) / 1000000.0) >= n.booted_at)
         order by l.client_key limit $3
       )
       select f.client_key, c.client_id, f.since, c.platform, c.app_version, 0 as looked_at
       from found f join clients c using (client_key)
       union all
       select max(client_key::text)::uuid, null, null, null, null, count(*)::int from looked
       order by looked_at, client_key`,
      [node.nodeId, input.cursor ?? null, input.limit],
    );
    const found = rows.filter((row) => row.client_id !== null);
    const looked = rows.find((row) => row.client_id === null);
    const isFull = found.length === input.limit;
    const isCutShort = !isFull && looked?.looked_at === MOST_LOOKED_AT;
    return {
      clients: found.map((row) => ({
        clientId: row.client_id ?? "",
        since: row.since?.toISOString() ?? "",
        platform: row.platform,
        appVersion: row.app_version,
      })),
      nextCursor: isFull ? (found.at(-1)?.client_key ?? null) : isCutShort ? (looked?.client_key ?? null) : null,
      isCutShort,
    };
  },
  audit: (input, result) =>
    result.clients.length === 0
      ? null
      : {
          action: "cluster.listNodeClients",
          subjectKind: "cluster",
          subjectId: input.node,
          details: { clients: result.clients.length },
        },
});
