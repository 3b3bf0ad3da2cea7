import { z } from "zod";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { listNodes } from "./list-nodes";
import { queryBins } from "./query-bins";
import { findNodes } from "./read-series";
import type { NodeDetail, NodeListener, SeriesMetric } from "./schemas";
import { sumKnown } from "./sum-bins";

const HOOK_ERRORS = [
  "hook_sign_in_errors",
  "hook_presence_errors",
  "hook_subscribe_errors",
  "hook_publish_errors",
] as const satisfies readonly SeriesMetric[];

/** One configured node as its page shows it: what it is, where it listens, which others it sees, its failed hooks of the last hour. */
export const getNode = readVerb({
  permission: "cluster.read",
  input: z.object({ node: z.string().max(32) }),
  work: async (ctx, input): Promise<NodeDetail> => {
    const list = await listNodes(ctx, {});
    const node = list.nodes.find(({ name }) => name === input.node);
    const [known] = await findNodes(ctx.db.pool, [input.node]);
    if (!node || !known)
      throw new AppError(
        "NOT_FOUND",
        sentence("There is no node {node}. See the cluster page for those there are.", { node: input.node }),
      );
    const { rows } = await ctx.db.pool.query<View>(
      `select v.peers, v.peers_at, v.listeners, v.listeners_at from node_views v where v.node_id = $1`,
      [known.nodeId],
    );
    const [view] = rows;
    const nameOf = new Map(list.nodes.map((each) => [each.brokerName, each.name]));
    return {
      node,
      versions: countVersions(list.nodes.map((each) => each.version)),
      peers:
        view?.peers?.map((peer) => ({
          brokerName: peer.name,
          node: nameOf.get(peer.name) ?? null,
          isRunning: peer.running,
        })) ?? null,
      peersAt: view?.peers_at?.toISOString() ?? null,
      listeners: view?.listeners ?? null,
      listenersAt: view?.listeners_at?.toISOString() ?? null,
      hookErrors: await readHookErrors(ctx.db.pool, known.nodeId, ctx.now()),
      at: list.at,
    };
  },
});

interface View {
  peers: { name: string; running: boolean }[] | null;
  peers_at: Date | null;
  listeners: NodeListener[] | null;
  listeners_at: Date | null;
}

function countVersions(versions: readonly (string | null)[]): NodeDetail["versions"] {
  const times = new Map<string, number>();
  for (const version of versions) if (version !== null) times.set(version, (times.get(version) ?? 0) + 1);
  return [...times].map(([version, nodes]) => ({ version, nodes })).toSorted((a, b) => b.nodes - a.nodes);
}

async function readHookErrors(
  pool: Parameters<typeof queryBins>[0],
  nodeId: number,
  now: Date,
): Promise<NodeDetail["hookErrors"]> {
  const from = new Date(now.getTime() - 3_600_000);
  const [bins] = await queryBins(pool, {
    metrics: HOOK_ERRORS,
    nodeIds: [nodeId],
    from,
    to: now,
    stepSeconds: 60,
  });
  return HOOK_ERRORS.map((metric, place) => ({
    metric,
    inLastHour: sumKnown(bins?.increases[place] ?? []),
  }));
}
