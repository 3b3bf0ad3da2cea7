import { randomUUID } from "node:crypto";
import { readSealingState } from "@/lib/audit/read-sealing";
import { createVernemq } from "@/lib/broker/vernemq";
import { countLogRequests } from "@/lib/diagnostics/count-log-requests";
import { openDatabase } from "@/lib/db/database";
import { listen } from "@/lib/events/listen";
import type { Log } from "@/lib/log/log";
import { countDoubts } from "@/lib/presence/count-doubts";
import { findMissingHooks } from "@/lib/presence/missing-hooks";
import { readDrift } from "@/lib/presence/read-drift";
import { readQueueLag } from "@/lib/queue/read-queue-lag";
import { runQueue } from "@/lib/queue/run-queue";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { openObjectStore } from "@/lib/storage/object-store";
import { alertTasks, startAlertEvaluator } from "./alerts";
import { auditSchedule, auditTasks, startSealer } from "./audit";
import { startPartitionKeeper } from "./cluster-partitions";
import { startRollUps } from "./cluster-rollup";
import { startClusterWatch } from "./cluster-watch";
import { DIAGNOSTICS_SCHEDULE, diagnosticsTasks, listenForLogRequests } from "./diagnostics";
import type { WorkerEnv } from "./env";
import { startHistoryKeeper } from "./history";
import { createWorkerMetrics } from "./metrics";
import { operatorTasks } from "./operators";
import { peopleTasks, startPeopleKeeper } from "./people";
import { startPresenceKeeper } from "./presence";
import { startRevocationKeeper } from "./revocations";
import { startPresenceWebhooks } from "./presence-webhooks";
import { RETENTION_SCHEDULE, retentionTasks } from "./retention";
import { createServerOfWorker, type Readiness } from "./server";
import { startWebhookKeeper } from "./webhooks";

export interface Worker {
  /** Where it listens, e.g. `http://127.0.0.1:3300`. */
  url: string;
  close: () => Promise<void>;
}

/**
 * Builds the worker's parts and starts them: health, the queue, the ear for notifications, the watch over the broker's nodes.
 * Waits for none of what it needs: `/readyz` says what is missing.
 */
export async function startWorker(env: WorkerEnv, log: Log): Promise<Worker> {
  const db = openDatabase({ url: env.DATABASE_URL, connections: 8, applicationName: "liveconnect-worker" });
  const store = openObjectStore(env);
  const context = (): Context => ({
    actor: processActor("worker"),
    db,
    log,
    now: () => new Date(),
    requestId: randomUUID(),
    fromAddress: null,
  });
  const parts = {
    context,
    store,
    sessions: {
      broker: createVernemq({ apiKey: env.BROKER_API_KEY }),
      nodes: env.BROKER_NODES.filter((node) => node.role === "subscriber"),
      nowMs: () => performance.now(),
    },
  };
  const metrics = createWorkerMetrics({
    logRequests: () => countLogRequests(context()),
    drift: () => readDrift(context(), {}),
    missingHooks: () => findMissingHooks(db.pool),
    doubts: () => countDoubts(context(), {}),
    queueLag: () => readQueueLag(db.pool),
    sealing: () => readSealingState(context()),
    now: () => Date.now(),
  });
  const logRequests = listenForLogRequests(parts);
  const alerts = startAlertEvaluator({ context, consoleUrl: env.CONSOLE_URL ?? null });
  const presenceWebhooks = startPresenceWebhooks({ context });
  const listener = listen({
    url: env.DATABASE_URL,
    channels: ["presence", "publish", "cluster"],
    log,
    onEvent: (event) => {
      if (event.type === "cluster.nodeHeard") watch.heard(event.node);
      logRequests.onEvent(event);
      alerts.onEvent(event);
      presenceWebhooks.onEvent(event);
    },
    onReconnect: () => {
      logRequests.onListening();
      presenceWebhooks.onReconnect();
    },
  });
  logRequests.onListening();
  const mail = env.SMTP_URL ? { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM } : null;
  const queue = runQueue({
    url: env.DATABASE_URL,
    tasks: {
      ...diagnosticsTasks({
        ...parts,
        keep: { logDays: env.KEEP_LOGS_DAYS, originalDays: env.KEEP_ORIGINALS_DAYS },
      }),
      ...alertTasks({ context, mail }),
      ...operatorTasks({ context, mail, consoleUrl: env.CONSOLE_URL ?? null }),
      ...retentionTasks({
        ...parts,
        keepLogsDays: env.KEEP_LOGS_DAYS,
        keepMessagesDays: env.KEEP_MESSAGES_DAYS,
        keepSessionsDays: env.KEEP_SESSIONS_DAYS,
      }),
      ...peopleTasks(parts),
      ...auditTasks(parts),
    },
    schedule: [
      ...DIAGNOSTICS_SCHEDULE,
      ...RETENTION_SCHEDULE,
      ...auditSchedule({ anchorEveryMinutes: env.AUDIT_ANCHOR_EVERY_MINUTES }),
    ],
    concurrency: env.WORKER_CONCURRENCY,
    log,
    onJob: metrics.job,
  });
  const watch = startClusterWatch({
    nodes: env.BROKER_NODES,
    brokerApiKey: env.BROKER_API_KEY,
    db,
    log,
    onScrape: metrics.scrape,
  });
  const presence = startPresenceKeeper({
    context,
    nodes: env.BROKER_NODES,
    brokerApiKey: env.BROKER_API_KEY,
    sweepEverySeconds: env.SWEEP_EVERY_SECONDS,
  });
  const history = startHistoryKeeper({ db, log });
  const partitions = startPartitionKeeper({
    db,
    log,
    keepSeriesHours: env.KEEP_SERIES_HOURS,
    keepMinutesDays: env.KEEP_SERIES_MINUTES_DAYS,
    keepHoursDays: env.KEEP_SERIES_HOURS_DAYS,
    keepSessionsDays: env.KEEP_SESSIONS_DAYS,
  });

  const webhooks = startWebhookKeeper({ context });
  const revocations = startRevocationKeeper(parts);
  const people = startPeopleKeeper({ context });
  const sealer = startSealer({ context });
  const rollUps = startRollUps({ db, log });

  const readiness = async (): Promise<Readiness> => {
    const problems: [string, string | null][] = [
      ["database", await problemOf(db.pool.query("select 1"))],
      ["notifications", listener.connected() ? null : "not listening"],
      ["queue", queue.waitsFor()],
      ["object store", await problemOf(store.check())],
      ["broker", watch.waitsFor()],
    ];
    return {
      ready: problems.every(([, problem]) => problem === null),
      dependencies: Object.fromEntries(problems.map(([name, problem]) => [name, problem ?? "ok"])),
    };
  };

  const server = createServerOfWorker({ registry: metrics.registry, readiness });
  const url = await server.listen({ host: env.WORKER_HOST, port: env.WORKER_PORT });
  return {
    url,
    close: async () => {
      await server.close();
      await listener.close();
      await Promise.all([
        logRequests.close(),
        queue.close(),
        partitions.close(),
        rollUps.close(),
        watch.close(),
        presence.close(),
        history.close(),
        webhooks.close(),
        presenceWebhooks.close(),
        alerts.close(),
        people.close(),
        revocations.close(),
        sealer.close(),
      ]);
      await db.close();
    },
  };
}

const problemOf = (asked: Promise<unknown>): Promise<string | null> =>
  asked.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : "does not answer"),
  );
