import type { Pool } from "pg";
import type { NodeAddress } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { findSilentNodes, recordLost, type SilentNode } from "@/lib/cluster/lost-nodes";
import type { Log } from "@/lib/log/log";
import { askForSweep } from "@/lib/presence/ask-for-sweep";

/** One look for lost nodes; to be called every few seconds. */
export type LookForLost = () => Promise<void>;

/**
 * Decides what became of the nodes that do not answer us.
 * States of such a node: silent → suspected (a healthy node says that it does not run; the others are swept) → lost (they were, so
 * whoever moved there is known). Back to silent whenever a healthy node says that it runs: a frozen one is not lost.
 */
export function createLookForLost(parts: {
  nodes: readonly NodeAddress[];
  /** Whether the node answered its last look. */
  answers: (name: string) => boolean;
  broker: Broker;
  pool: Pool;
  log: Log;
}): LookForLost {
  const { broker, pool, log } = parts;
  const suspectedSince = new Map<number, Date>();

  /** The broker's names of the nodes that do not run, as the first healthy node that answers says; null when none does. */
  const findStopped = async (): Promise<Set<string> | null> => {
    for (const node of parts.nodes.filter(({ name }) => parts.answers(name))) {
      const table = await broker.clusterShow(node).catch((error: unknown) => {
        log.debug({ err: error, node: node.name }, "a node did not say which nodes run");
        return null;
      });
      if (table) return new Set(table.flatMap((row) => (row.isRunning ? [] : [row.brokerNodeName])));
    }
    return null;
  };

  const suspect = async (node: SilentNode): Promise<Date> => {
    const known = suspectedSince.get(node.nodeId);
    if (known) return known;
    const { rows } = await pool.query<{ now: Date }>("select date_trunc('milliseconds', clock_timestamp()) as now");
    const since = rows[0]?.now ?? new Date();
    suspectedSince.set(node.nodeId, since);
    await askForSweep(pool, { nodeId: null, reason: "node_lost" });
    return since;
  };

  return async () => {
    const silent = await findSilentNodes(pool);
    const stopped = silent.length > 0 ? await findStopped() : null;
    const suspects = silent.filter((node) => stopped?.has(node.brokerNodeName));
    for (const nodeId of suspectedSince.keys())
      if (!suspects.some((node) => node.nodeId === nodeId)) suspectedSince.delete(nodeId);
    for (const node of suspects) {
      const since = await suspect(node);
      if (await recordLost(pool, { nodeId: node.nodeId, since }))
        log.warn({ node: node.name }, "node is lost: it does not answer, and the others say that it does not run");
    }
  };
}
