import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { seedRules } from "@/lib/alerts/seed-rules";
import { startAlertEvaluator } from "@/worker/alerts";
import { startPartitionKeeper } from "@/worker/cluster-partitions";
import { startRollUps } from "@/worker/cluster-rollup";
import { startClusterWatch } from "@/worker/cluster-watch";
import type { Context } from "@/lib/rbac/context";
import { NODES } from "./stored-year";

// Every loop has had its turns: the slowest is of ten seconds.
const SECONDS = 30;
// Registering, the first looks, and what is compiled while it runs for the first time.
const SETTLE_MS = 8_000;

/**
 * The worker's own loops over twenty nodes that answer by HTTP (looks, metrics, views, roll-ups), and with the alert rules
 * beside them. Gives shares of one core: CPU time of this process, which does nothing else meanwhile.
 */
export async function watchCost(context: () => Context): Promise<{ watch: number; withRules: number }> {
  const { db, log } = context();
  const children = fork(fileURLToPath(new URL("broker-nodes.ts", import.meta.url)), [String(NODES)]);
  const [ports] = (await once(children, "message")) as [number[]];
  const keeper = startPartitionKeeper({
    db,
    log,
    keepSeriesHours: 24_000,
    keepMinutesDays: 1_000,
    keepHoursDays: 1_000,
    keepSessionsDays: 1_000,
  });
  const watch = startClusterWatch({
    nodes: ports.map((port, index) => ({
      name: `node-${String(index + 1).padStart(2, "0")}`,
      role: "subscriber" as const,
      adminUrl: `http://127.0.0.1:${port}`,
    })),
    brokerApiKey: "bench-only",
    db,
    log,
  });
  const rollUps = startRollUps({ db, log });
  try {
    await wait(SETTLE_MS);
    const share = await coreShare();
    await seedRules(db.pool);
    const rules = startAlertEvaluator({ context, consoleUrl: null });
    await wait(SETTLE_MS / 2);
    const withRules = await coreShare();
    await rules.close();
    return { watch: share, withRules };
  } finally {
    await watch.close();
    await rollUps.close();
    await keeper.close();
    children.disconnect();
  }
}

async function coreShare(): Promise<number> {
  const before = process.cpuUsage();
  const beganMs = performance.now();
  await wait(SECONDS * 1_000);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1_000 / (performance.now() - beganMs);
}
