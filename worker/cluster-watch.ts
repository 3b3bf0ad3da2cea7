import { setMaxListeners } from "node:events";
import { createVernemq } from "@/lib/broker/vernemq";
import { recordLooks } from "@/lib/cluster/record-node";
import { recordMetricNames } from "@/lib/cluster/record-samples";
import { registerNodes } from "@/lib/cluster/register-nodes";
import { SAMPLE_SECONDS } from "@/lib/cluster/terms";
import type { Database } from "@/lib/db/database";
import type { BrokerNode } from "@/lib/env/broker-nodes";
import type { Log } from "@/lib/log/log";
import { createLookForLost } from "./cluster-lost";
import { watchNode, type NodeWatcher, type OnScrape } from "./cluster-node";
import { repeat } from "./cluster-repeat";
import { createSampleWriter } from "./cluster-samples";
import { VIEW_MS, watchViews } from "./cluster-views";

const PERIODS = { lookMs: 2_000, sampleMs: SAMPLE_SECONDS * 1000, timeoutMs: 1_000, retryMs: 2_000, viewMs: VIEW_MS };
// Timers may fire a little early; a sample just before its five seconds would leave one bin empty and the next with two.
const AFTER_TURN_MS = 50;

export interface ClusterWatch {
  /** Null when nodes are being watched, else why not: for readyz. */
  waitsFor: () => string | null;
  /** A hook came from a node: it lives, so it is looked at now. */
  heard: (node: string) => void;
  /** Settles when nothing of the watch runs any more. */
  close: () => Promise<void>;
}

/**
 * Watches the broker's nodes: whether each is alive every 2 s, its metrics every 5 s, how it sees its cluster every 3 s.
 * States: registering (until the database takes the nodes) → watching; closed is final.
 * Every node has loops of its own, so that a bad one delays no other; the samples of a moment are written together.
 */
export function startClusterWatch(parts: {
  nodes: readonly BrokerNode[];
  brokerApiKey: string;
  db: Database;
  log: Log;
  onScrape?: OnScrape;
  /** For tests, which cannot wait for the real ones. */
  periods?: Partial<typeof PERIODS>;
}): ClusterWatch {
  const { db, log } = parts;
  const periods = { ...PERIODS, ...parts.periods };
  const broker = createVernemq({ apiKey: parts.brokerApiKey, timeoutMs: periods.timeoutMs });
  const stop = new AbortController();
  const { signal } = stop;
  // Each node's loops wait for it, so there are as many listeners as nodes: no leak.
  setMaxListeners(0, signal);
  const onError = (what: string) => (error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, `${what} failed; it is tried again`);
  };
  const samples = createSampleWriter({ db, log });
  let watchers: readonly NodeWatcher[] = [];
  let isWatching = false;

  const register = async (): Promise<NodeWatcher[]> => {
    const registered = await registerNodes(db.pool, parts.nodes);
    await recordMetricNames(db.pool);
    return parts.nodes.flatMap((node) => {
      const row = registered.get(node.name);
      return row ? [watchNode({ node, registered: row, broker, pool: db.pool, log, onScrape: parts.onScrape })] : [];
    });
  };

  const watch = async (): Promise<void> => {
    isWatching = true;
    const lookForLost = createLookForLost({
      nodes: parts.nodes,
      answers: (name) => watchers.some((watcher) => watcher.name === name && watcher.answered()),
      broker,
      pool: db.pool,
      log,
    });
    const looks = { everyMs: periods.lookMs, signal };
    const nodes = parts.nodes.flatMap((node) => {
      const watcher = watchers.find(({ name }) => name === node.name);
      return watcher ? [{ node, watcher }] : [];
    });
    await Promise.all([
      watchViews({ nodes, broker, db, log, signal, viewMs: periods.viewMs }).done,
      ...watchers.map((watcher) =>
        repeat({ ...looks, work: watcher.look, onError: onError(`watching ${watcher.name}`) }),
      ),
      repeat({ ...looks, work: lookForLost, onError: onError("looking for lost nodes") }),
      repeat({ ...looks, work: () => recordAll(db, watchers), onError: onError("recording the looks") }),
      ...watchers.map((watcher) =>
        repeat({
          everyMs: periods.sampleMs,
          alignedMs: AFTER_TURN_MS,
          signal,
          work: async () => {
            const row = await watcher.sample();
            if (row) samples.add(row);
          },
          onError: onError(`sampling ${watcher.name}`),
        }),
      ),
    ]);
  };

  const run = async (): Promise<void> => {
    const registering = new AbortController();
    await repeat({
      everyMs: periods.retryMs,
      signal: AbortSignal.any([signal, registering.signal]),
      work: async () => {
        watchers = await register();
        registering.abort();
      },
      onError: onError("registering the broker's nodes"),
    });
    if (!signal.aborted) await watch();
  };

  const running = run();
  return {
    waitsFor: () => (isWatching ? null : "the database, to register the broker's nodes"),
    heard: (name) => {
      const watcher = watchers.find((one) => one.name === name);
      if (watcher && !signal.aborted) watcher.look().catch(onError(`watching ${name}`));
    },
    close: async () => {
      stop.abort();
      await running;
      await samples.close();
    },
  };
}

const recordAll = (db: Database, watchers: readonly NodeWatcher[]): Promise<void> =>
  recordLooks(db.pool, {
    askedNodeIds: watchers.map((watcher) => watcher.nodeId),
    answeredNodeIds: watchers.filter((watcher) => watcher.answered()).map((watcher) => watcher.nodeId),
  });
