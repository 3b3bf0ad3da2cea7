import type { Log } from "@/lib/log/log";
import { createAdminApi } from "./admin-api";
import { createBrokerCore } from "./broker-core";
import type { Cluster } from "./cluster";
import type { NodeConfig } from "./env";
import { NodeRun } from "./node-run";

export interface ClusterOptions {
  host: string;
  nodes: readonly NodeConfig[];
  apiKeys: readonly string[];
  log: Log;
  now: () => number;
}

/** Builds the cluster and starts its nodes; when one cannot listen, none stays. */
export async function startCluster({ host, nodes, apiKeys, log, now }: ClusterOptions): Promise<Cluster> {
  const members = nodes.map((config) => ({
    config,
    label: `${config.name}@127.0.0.1`,
    run: null as NodeRun | null,
  }));
  const find = (name: string) => members.find(({ config }) => config.name === name) ?? null;
  const core = await createBrokerCore({ log, now, metricsOf: (name) => find(name)?.run?.metrics ?? null });
  const cluster: Cluster = {
    core,
    nodes: members,
    find,
    start: async (name) => {
      const member = find(name);
      if (!member || member.run) return;
      const onRequest = createAdminApi({ cluster, node: member, apiKeys, log });
      member.run = await NodeRun.start({ host, config: member.config, core, log, onRequest });
    },
    kill: (name) => {
      const member = find(name);
      member?.run?.kill();
      if (member) member.run = null;
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
