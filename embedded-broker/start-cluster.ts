import type { Log } from "@/lib/log/log";
import { createAdminApi } from "./admin-api";
import { createBrokerCore, type BrokerCore } from "./broker-core";
import { createClock, type Clock } from "./clock";
import type { Cluster, NodeState } from "./cluster";
import { ClusterLinks } from "./cluster-links";
import type { NodeConfig } from "./env";
import { HookFaults } from "./hook-faults";
import type { TlsKeys } from "./listeners";
import type { NetsplitRules } from "./netsplit-rules";
import { NodeRun } from "./node-run";
import { createRandom } from "./random";

export interface ClusterOptions {
  host: string;
  nodes: readonly NodeConfig[];
  apiKeys: readonly string[];
  log: Log;
  /** Default: true time. */
  clock?: Clock;
  seed?: number;
  /** For nodes with a tlsPort. */
  tls?: TlsKeys;
  /** Default: all allowed. */
  netsplitRules?: NetsplitRules;
  persistentExpirationMs?: number;
  /** Until others notice a frozen node. Default: as recorded. */
  freezeNoticedMs?: number;
}

/** A node and its run; `ended` is how the last run ended. */
interface Member {
  config: NodeConfig;
  readonly label: string;
  run: NodeRun | null;
  ended: "killed" | "stopped" | null;
}

/** Builds the cluster and starts its nodes; when one cannot listen, none stays. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { host, nodes, apiKeys, log, clock = createClock(), seed = 1, tls = null } = options;
  const rules = options.netsplitRules ?? { register: true, publish: true, subscribe: true, unsubscribe: true };
  const expiry = { afterSeconds: (options.persistentExpirationMs ?? 0) / 1_000 };
  const random = createRandom(seed);
  const faults = new HookFaults(random, clock);
  const members: Member[] = nodes.map((config) => ({
    config,
    label: `${config.name}@127.0.0.1`,
    run: null,
    ended: null,
  }));
  const find = (name: string): Member | null => members.find(({ config }) => config.name === name) ?? null;
  const links = linksOf(members, { clock, core: () => core, find, freezeNoticedMs: options.freezeNoticedMs });
  const core = await createBrokerCore({
    log,
    clock,
    random,
    links,
    rules,
    homeOf: (name) => find(name)?.run ?? null,
    expiry,
  });

  const end = (name: string, how: "killed" | "stopped"): void => {
    const member = find(name);
    if (!member?.run) return;
    member.run.kill();
    Object.assign(member, { run: null, ended: how });
    core.nodeEnded(name);
    links.setState(name, "down");
  };
  const cluster: Cluster = {
    core,
    nodes: members,
    links,
    rules,
    expiry,
    faults,
    random,
    clock,
    seed,
    find,
    stateOf: (name): NodeState => {
      const run = find(name)?.run;
      if (!run) return "down";
      return run.pace.isFrozen ? "frozen" : "up";
    },
    start: async (name) => {
      const member = find(name);
      if (!member || member.run) return;
      const onRequest = createAdminApi({ cluster, node: member, apiKeys, log });
      const parts = { host, config: member.config, core, log, clock, faults, tls, onRequest };
      member.run = await NodeRun.start(parts);
      member.ended = null;
      links.setState(name, "up");
    },
    kill: (name) => end(name, "killed"),
    stop: (name) => end(name, "stopped"),
    freeze: (name) => {
      const pace = find(name)?.run?.pace;
      if (!pace || pace.isFrozen) return;
      pace.freeze();
      links.setState(name, "frozen");
    },
    thaw: (name) => {
      const pace = find(name)?.run?.pace;
      if (!pace?.isFrozen) return;
      pace.unfreeze();
      links.setState(name, "up");
    },
    registerHooks: (name, { url, hooks }) => {
      const member = find(name);
      if (!member) return;
      member.config = {
        ...member.config,
        hookUrl: url ?? member.config.hookUrl,
        hooks: hooks ?? member.config.hooks,
      };
      member.run?.webhooks.register({ url: member.config.hookUrl, hooks: member.config.hooks });
    },
    slow: (name, latencyMs) => {
      const pace = find(name)?.run?.pace;
      if (pace) pace.latencyMs = latencyMs;
    },
    close: async () => {
      for (const { config } of members) cluster.kill(config.name);
      await core.close();
    },
  };
  try {
    for (const { name } of nodes) await cluster.start(name);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

/** The cluster's links, counted as each node sees them. */
function linksOf(
  members: readonly Member[],
  parts: {
    clock: Clock;
    core: () => BrokerCore;
    find: (name: string) => Member | null;
    freezeNoticedMs: number | undefined;
  },
): ClusterLinks {
  const metricsOf = (name: string) => parts.find(name)?.run?.metrics ?? null;
  return new ClusterLinks(
    members.map(({ config }) => config.name),
    parts.clock,
    {
      lost: (from) => metricsOf(from)?.add("netsplit_detected"),
      found: (from, to) => {
        const metrics = metricsOf(from);
        // A node that starts finds the others without having lost them.
        if (metrics && metrics.value("netsplit_resolved") < metrics.value("netsplit_detected"))
          metrics.add("netsplit_resolved");
        parts.core().reunite(from, to);
      },
    },
    parts.freezeNoticedMs,
  );
}
