import { performance } from "node:perf_hooks";
import type pg from "pg";
import { NodeFailure } from "@/lib/broker/ask-node";
import type { Broker, NodeMetrics } from "@/lib/broker/broker";
import { nextWatch, notAsked, type Observation, type WatchedNode } from "@/lib/cluster/node-watch";
import { recordBoot, recordBrokerName, recordNode, recordVersion } from "@/lib/cluster/record-node";
import type { RegisteredNode } from "@/lib/cluster/register-nodes";
import type { NodeSampleRow } from "@/lib/cluster/record-samples";
import { STALE_SECONDS } from "@/lib/cluster/terms";
import type { NodeFault } from "@/lib/cluster/schemas";
import type { BrokerNode } from "@/lib/env/broker-nodes";
import type { Log } from "@/lib/log/log";
import { sentence } from "@/lib/sentence";
import { createNoteHooks } from "./cluster-hooks";

// The uptime is read a few ms after the question began, and both clocks may be adjusted; a restart moves it by more.
const BOOT_MOVED_MS = 2_000;

export interface NodeWatcher {
  nodeId: number;
  name: string;
  /** Asks whether it is alive and records what changed; while a look is under way, that one. Throws only when the database cannot be written. */
  look: () => Promise<void>;
  /** Asks for its metrics; null when it is not up or gives none. */
  sample: () => Promise<NodeSampleRow | null>;
  /** Whether the last look was answered. */
  answered: () => boolean;
  /** The broker's own name of the node; null while it has not told. */
  brokerName: () => string | null;
  /** Why its metrics could not be read at the last try; null when they could, or were not asked for yet. */
  fault: () => NodeFault | null;
}

/** How one reading of a node's metrics went; `fault` null: well. */
export type OnScrape = (scrape: { node: string; fault: NodeFault | null; seconds: number }) => void;

/**
 * One node under watch: the state machine of lib/cluster/node-watch.ts, fed by `look` and, for the uptime, by `sample`.
 * What is known is changed only after it was written, so a failed write is tried again by the next look.
 */
export function watchNode(parts: {
  node: BrokerNode;
  registered: RegisteredNode;
  broker: Broker;
  pool: pg.Pool;
  log: Log;
  onScrape?: OnScrape | undefined;
}): NodeWatcher {
  const { node, broker, pool, log } = parts;
  const { nodeId } = parts.registered;
  let watched: WatchedNode = notAsked(parts.registered.state, parts.registered.evidence);
  /** Boot of the node's present life on our monotonic clock, in ms; follows slow drift of the two clocks. */
  let bootMs = parts.registered.sinceBootMs === null ? null : performance.now() - parts.registered.sinceBootMs;
  let isReadable = false;
  let brokerName: string | null = null;
  let fault: NodeFault | null = null;
  let lookedAt = Date.now();
  let looking: Promise<void> | null = null;
  const noteHooks = node.role === "subscriber" ? createNoteHooks({ nodeId, name: node.name, pool, log }) : null;

  const change = async (next: WatchedNode, newBootMs: number | null): Promise<void> => {
    const isChange = next.state !== watched.state || next.evidence !== watched.evidence;
    if (isChange || newBootMs !== null) {
      const sinceBootMs = newBootMs === null ? null : performance.now() - newBootMs;
      await recordNode(pool, { nodeId, state: next.state, evidence: next.evidence, sinceBootMs });
      const fields = { node: node.name, from: watched.state, to: next.state, evidence: next.evidence };
      log[next.state === "up" ? "info" : "warn"](fields, "node changed");
    }
    watched = next;
    bootMs = newBootMs ?? bootMs;
  };

  /** A restart too quick for the looks to miss; leaves the state alone, which is theirs. */
  const noteBoot = async (newBootMs: number): Promise<void> => {
    await recordBoot(pool, { nodeId, sinceBootMs: performance.now() - newBootMs });
    log.warn({ node: node.name }, "node has been restarted");
    bootMs = newBootMs;
  };

  const scrape = async (beganMs: number): Promise<NodeMetrics & { uptimeMs: number }> => {
    let seen: NodeFault | null = "no_answer";
    try {
      const { uptimeMs, ...metrics } = await broker.fetchMetrics(node);
      if (uptimeMs === null)
        throw new NodeFailure("wrong_answer", sentence("{node} does not say since when it runs.", { node: node.name }));
      seen = null;
      return { ...metrics, uptimeMs };
    } catch (error) {
      if (error instanceof NodeFailure) seen = error.fault;
      throw error;
    } finally {
      fault = seen;
      parts.onScrape?.({ node: node.name, fault, seconds: (performance.now() - beganMs) / 1_000 });
    }
  };

  /** Reads the metrics; gives the boot they tell of when it is another than the known one. */
  const read = async (): Promise<{ metrics: NodeMetrics; newBootMs: number | null }> => {
    const beganMs = performance.now();
    const metrics = await scrape(beganMs);
    brokerName = metrics.brokerNodeName ?? brokerName;
    const seenBootMs = beganMs - metrics.uptimeMs;
    const isKnown = bootMs !== null && Math.abs(seenBootMs - bootMs) <= BOOT_MOVED_MS;
    if (isKnown) bootMs = seenBootMs;
    return { metrics, newBootMs: isKnown ? null : seenBootMs };
  };

  const ask = async (): Promise<{ seen: Observation; read: Awaited<ReturnType<typeof read>> | null }> => {
    try {
      await broker.health(node);
    } catch (error) {
      return { seen: failureOf(error), read: null };
    }
    if (watched.state === "up" && isReadable) return { seen: "answered", read: null };
    try {
      return { seen: "answered", read: await read() };
    } catch (error) {
      log.warn({ node: node.name, err: error }, "node is alive but its metrics cannot be read");
      return { seen: "unreadable", read: null };
    }
  };

  const noteNames = async (brokerNodeName: string | null): Promise<void> => {
    if (brokerNodeName === null) return;
    await recordBrokerName(pool, { nodeId, brokerNodeName });
    const version = await broker.fetchVersion(node, brokerNodeName);
    if (version !== null) await recordVersion(pool, { nodeId, version });
  };

  const look = async (): Promise<void> => {
    const pausedMs = Date.now() - lookedAt;
    lookedAt = Date.now();
    if (pausedMs > STALE_SECONDS * 1000) {
      log.warn({ node: node.name, pausedMs }, "the watch itself was paused: what it vouched for is not known");
      await change(notAsked("silent", "watch_paused"), null);
    }
    const { seen, read: answer } = await ask();
    isReadable = seen === "answered";
    await change(nextWatch(watched, seen), answer?.newBootMs ?? null);
    // Not awaited before the state: the version comes from a call that may hang while a peer is frozen.
    if (answer) await noteNames(answer.metrics.brokerNodeName).catch((error: unknown) => logAtDebug(log, error));
  };

  return {
    nodeId,
    name: node.name,
    brokerName: () => brokerName,
    fault: () => fault,
    answered: () => watched.misses.length === 0 && watched.evidence !== "watch_paused",
    look: () => {
      looking ??= look().finally(() => {
        looking = null;
      });
      return looking;
    },
    sample: async () => {
      if (watched.state !== "up") return null;
      const at = new Date();
      try {
        const { metrics, newBootMs } = await read();
        if (newBootMs !== null) await noteBoot(newBootMs);
        await noteHooks?.(metrics.samples);
        return { nodeId, at, values: metrics.values };
      } catch (error) {
        // The next look asks for the metrics too, and names what it finds.
        if (error instanceof NodeFailure) isReadable = false;
        else log.error({ err: error, node: node.name }, "a sample could not be taken");
        return null;
      }
    },
  };
}

const failureOf = (error: unknown): Observation => {
  if (error instanceof NodeFailure) return error.failure;
  throw error;
};

const logAtDebug = (log: Log, error: unknown): void => log.debug({ err: error }, "the version could not be read");
