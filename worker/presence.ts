import { createVernemq } from "@/lib/broker/vernemq";
import type { BrokerNode } from "@/lib/env/broker-nodes";
import { createDoubtAnswerer } from "@/lib/presence/answer-doubts";
import { createAskClient } from "@/lib/presence/ask-client";
import { databaseNowUs } from "@/lib/presence/database-clock";
import { createListOnline } from "@/lib/presence/list-online";
import { recountPresence } from "@/lib/presence/read-counts";
import { sweepNode } from "@/lib/presence/sweep-node";
import type { Context } from "@/lib/rbac/context";
import { repeat } from "./cluster-repeat";

const DOUBTS_EVERY_MS = 1_000;
// Asked 500 at a time; the rest waits for the next turn.
const MOST_DOUBTS = 5_000;
// How soon a node that is due is swept.
const SWEEP_LOOK_MS = 1_000;

export interface PresenceKeeper {
  /** Settles when nothing of it runs any more. */
  close: () => Promise<void>;
}

/**
 * Keeps presence true where the hooks alone do not: asks the broker about every doubt, each second those that are due, and sweeps
 * each subscriber node when it is due. Sweeps and doubts share nothing but the table of doubts.
 */
export function startPresenceKeeper(parts: {
  /** A context of this process; made anew for each turn. */
  context: () => Context;
  nodes: readonly BrokerNode[];
  brokerApiKey: string;
  sweepEverySeconds: number;
}): PresenceKeeper {
  const { context } = parts;
  const { db, log } = context();
  const stop = new AbortController();
  const { signal } = stop;
  const broker = createVernemq({ apiKey: parts.brokerApiKey });
  const nodes = parts.nodes.filter((node) => node.role === "subscriber");
  const asking = { broker, nodes, databaseNowUs: databaseNowUs(db.pool), nowMs: () => performance.now(), log };
  const answerDoubts = createDoubtAnswerer({ ask: createAskClient(asking), listOnline: createListOnline(asking) });
  const sweep = async (node: BrokerNode): Promise<void> => {
    const swept = await sweepNode(context(), { broker, node, everySeconds: parts.sweepEverySeconds });
    if (!swept) return;
    // It has just read the node's rows anyway.
    const countersMended = await recountPresence(db.pool, node.name);
    log.info({ node: node.name, ...swept, countersMended }, "a node's sessions were swept");
  };
  const sweeping = nodes.map((node) =>
    repeat({
      everyMs: SWEEP_LOOK_MS,
      signal,
      work: () => sweep(node),
      onError: (error) => log.warn({ err: error, node: node.name }, "a node could not be swept; it is tried again"),
    }),
  );
  const answering = repeat({
    everyMs: DOUBTS_EVERY_MS,
    signal,
    work: async () => {
      const { asked, corrected, dropped } = await answerDoubts(context(), { most: MOST_DOUBTS });
      if (corrected + dropped > 0) log.info({ asked, corrected, dropped }, "doubts about presence were answered");
    },
    onError: (error) => log.error({ err: error }, "doubts could not be answered; they are tried again"),
  });
  return {
    close: async () => {
      stop.abort();
      await Promise.all([answering, ...sweeping]);
    },
  };
}
