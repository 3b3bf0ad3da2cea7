import type { NodeAddress } from "@/lib/broker/ask-node";
import { NodeFailure } from "@/lib/broker/ask-node";
import type { Broker } from "@/lib/broker/broker";
import { confirmSplits, judgeSplits, type JudgedNode, type Splits } from "@/lib/cluster/judge-splits";
import { recordSplits, recordView, type NodeViewRow } from "@/lib/cluster/record-view";
import type { Database } from "@/lib/db/database";
import type { Log } from "@/lib/log/log";
import type { NodeWatcher } from "./cluster-node";
import { repeat } from "./cluster-repeat";

// Two looks in a row and a judgement must end within the ten seconds after which a split is to be seen.
export const VIEW_MS = 3_000;
// A list older than this says nothing of the present.
const PEERS_OLD_MS = 15_000;
// Judgements before the first that is written: until each node has spoken, a split of before would end for a moment.
const FIRST_TURNS = 3;
// Listeners change when somebody changes them; what did not change is written this often, to show its age.
const LOOKS_A_LISTENING = 5;

export interface ViewWatch {
  /** Settles when nothing of it runs any more. */
  done: Promise<void>;
}

/**
 * Asks each node how it sees its cluster and where it listens, and judges from all of them which are split. Every node has a
 * loop of its own with the broker's time-out, as these questions may hang where the metrics still answer.
 */
export function watchViews(parts: {
  nodes: readonly { node: NodeAddress; watcher: NodeWatcher }[];
  broker: Broker;
  db: Database;
  log: Log;
  signal: AbortSignal;
  viewMs: number;
}): ViewWatch {
  const { broker, db, log, signal, viewMs } = parts;
  const views = parts.nodes.map(({ node, watcher }) => viewOf({ node, watcher, broker, db, log }));
  const onError = (what: string) => (error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, `${what} failed; it is tried again`);
  };
  const judge = judgeViews({ views, db, log, nodeIds: parts.nodes.map(({ watcher }) => watcher.nodeId) });
  const done = Promise.all([
    ...views.map((view) =>
      repeat({ everyMs: viewMs, signal, work: view.look, onError: onError(`asking ${view.name} for its cluster`) }),
    ),
    repeat({ everyMs: viewMs, signal, work: judge, onError: onError("judging splits") }),
  ]);
  return { done: done.then(() => undefined) };
}

interface View {
  name: string;
  look: () => Promise<void>;
  judged: () => JudgedNode;
}

function viewOf(parts: { node: NodeAddress; watcher: NodeWatcher; broker: Broker; db: Database; log: Log }): View {
  const { node, watcher, broker, db, log } = parts;
  let peers: NonNullable<JudgedNode["peers"]> | null = null;
  let peersMs = 0;
  let looks = 0;
  let written = "";

  const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error;
      log.debug({ node: node.name, err: error }, "a node did not tell how it sees its cluster");
      return null;
    }
  };

  return {
    name: node.name,
    judged: () => ({
      name: node.name,
      answers: watcher.answered(),
      brokerName: watcher.brokerName(),
      peers: performance.now() - peersMs < PEERS_OLD_MS ? peers : null,
    }),
    look: async () => {
      const isListening = looks % LOOKS_A_LISTENING === 0;
      looks += 1;
      const answers = watcher.answered();
      const shown = answers ? await orNull(broker.clusterShow(node)) : null;
      const listeners = answers && isListening ? await orNull(broker.listListeners(node)) : null;
      if (shown) {
        peers = shown.map((peer) => ({ name: peer.brokerNodeName, running: peer.isRunning }));
        peersMs = performance.now();
      }
      const view: NodeViewRow = {
        nodeId: watcher.nodeId,
        brokerName: watcher.brokerName(),
        peers: shown && peers,
        listeners,
        scrapeFault: watcher.fault(),
      };
      const facts = JSON.stringify([
        view.brokerName,
        shown && peers?.toSorted((a, b) => a.name.localeCompare(b.name)),
        view.scrapeFault,
      ]);
      if (facts === written && !isListening) return;
      await recordView(db.pool, view);
      written = facts;
    },
  };
}

/** One judgement a turn; what is written stays until the next one says otherwise. */
function judgeViews(parts: { views: readonly View[]; db: Database; log: Log; nodeIds: readonly number[] }) {
  let before: Splits = new Map();
  let known: Splits = new Map();
  let written: string | null = null;
  let turns = 0;
  return async (): Promise<void> => {
    const now = judgeSplits(
      parts.views.map((view) => view.judged()),
      known,
    );
    const splits = confirmSplits(now, before, known);
    before = now;
    turns += 1;
    const text = JSON.stringify([...splits]);
    if (text === written || turns <= FIRST_TURNS) return;
    await recordSplits(parts.db.pool, { nodeIds: parts.nodeIds, splits });
    if (written !== null || splits.size > 0)
      parts.log[splits.size > 0 ? "warn" : "info"](
        { splits: Object.fromEntries(splits) },
        "the cluster's splits changed",
      );
    known = splits;
    written = text;
  };
}
