import { randomUUID } from "node:crypto";
import { createApiKeyVerifier } from "@/lib/access/verify-api-key";
import { openDatabase, openPool } from "@/lib/db/database";
import { AppError } from "@/lib/errors";
import { openSessionLock } from "@/lib/db/session-lock";
import { listen } from "@/lib/events/listen";
import type { Log } from "@/lib/log/log";
import { createDeviceAnswers } from "@/lib/publish/device-answers";
import { drainOutbox } from "@/lib/publish/drain-outbox";
import { createMessageAcceptor } from "@/lib/publish/message-acceptor";
import { openOutboxLanes } from "@/lib/publish/outbox-lanes";
import { outboxDepth } from "@/lib/publish/outbox-rows";
import { recordDeviceEvent } from "@/lib/publish/record-device-event";
import { createMessageChanges } from "@/lib/publish/message-changes";
import { runSends, SENDS_LOCK } from "@/lib/publish/sends/run-sends";
import { sendsLeft } from "@/lib/publish/sends/settle-sends";
import type { PublisherEnv } from "./env";
import { createPublisherMetrics } from "./metrics";
import { hearDeviceEvents } from "./mqtt/device-events";
import { connectNodes } from "./mqtt/node-connections";
import { tailOnNode } from "./mqtt/tail-topics";
import type { Readiness } from "./routes/operations";
import { buildServer } from "./server";
import { createServiceContext } from "./service-context";

export interface Publisher {
  /** Where it listens, e.g. `http://127.0.0.1:3100`. */
  url: string;
  close: () => Promise<void>;
}

const DRAIN_AT_CLOSE_MS = 4_000;

// An acknowledgement that a crash of the database loses is sent again, so that it need not wait for the disk. One statement runs here: found
// by keys and joined by hash it is right for any size of the table, and planned once. Left to the planner, a small table was read whole.
const RECORDING = {
  synchronous_commit: "off",
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_nestloop: "off",
};

/**
 * Builds the publisher's parts and starts them: HTTP, the connections to publisher nodes, the drain of the outbox, the ear
 * for devices' events. Waits for none of what it needs: `/readyz` says what is missing.
 */
export async function startPublisher(env: PublisherEnv, log: Log): Promise<Publisher> {
  const nowMs = (): number => performance.now();
  const db = openDatabase({ url: env.DATABASE_URL, connections: 16, applicationName: "liveconnect-publisher" });
  // One statement of each kind at a time.
  const hot = { url: env.DATABASE_URL, connections: 1, applicationName: "liveconnect-publisher-outbox" };
  const session = {
    instance: env.PUBLISHER_INSTANCE,
    username: env.PUBLISHER_USERNAME,
    password: env.PUBLISHER_PASSWORD,
  };
  const nodes = env.BROKER_NODES;
  const changes = createMessageChanges();
  const answers = createDeviceAnswers();
  const apiKeys = createApiKeyVerifier({ pool: db.pool, nowMs });
  const lanes = openOutboxLanes({ url: env.DATABASE_URL, log });
  const by = randomUUID();
  const acceptPool = openPool({ ...hot, settings: { plan_cache_mode: "auto" } });
  const sendsPool = openPool({ ...hot, connections: 2, settings: { plan_cache_mode: "auto" } });
  const recordPool = openPool({ ...hot, settings: RECORDING });
  const sender = connectNodes({
    nodes,
    connections: env.PUBLISHER_CONNECTIONS,
    session,
    log,
    nowMs,
    onChange: () => drain.wake(),
  });
  const drain = drainOutbox({
    pool: db.pool,
    recordPool,
    lanes,
    sender,
    log,
    nowMs,
    onSettled: changes.onSettled,
    onAcknowledged: ({ message, latencyMs }) => metrics.acknowledged(message.qos, latencyMs / 1_000),
  });
  const acceptor = createMessageAcceptor({ pool: acceptPool, by, commit: drain.commit });
  const sends = runSends({
    pool: sendsPool,
    by,
    lock: openSessionLock({
      url: env.DATABASE_URL,
      lock: SENDS_LOCK,
      applicationName: "liveconnect-publisher-sends",
      log,
    }),
    commit: drain.commit,
    log,
    nowMs,
  });
  const metrics = createPublisherMetrics({
    inFlight: drain.inFlight,
    nodesUp: () => sender.problems().filter(({ problem }) => problem === null).length,
    outboxDepth: () => outboxDepth(db.pool),
    sendsLeft: () => sendsLeft(db.pool),
  });
  const deviceEvents = hearDeviceEvents({
    nodes,
    session,
    topicRoot: env.TOPIC_ROOT,
    log,
    record: (heard) => recordDeviceEvent(db.pool, { ...heard, root: env.TOPIC_ROOT }),
    onHeard: (outcome) => metrics.deviceEvent(outcome),
  });
  const listener = listen({
    url: env.DATABASE_URL,
    channels: ["publish", "access"],
    log,
    onEvent: (event) => {
      // what this publisher accepted itself it has sent from memory, or looks for by itself
      if (event.type === "publish.accepted" && event.by !== by) drain.wake();
      if (event.type === "access.apiKeysChanged") apiKeys.forget();
      if (event.type === "publish.sendChanged") sends.wake();
      changes.onEvent(event);
      answers.onEvent(event);
    },
    onReconnect: () => {
      drain.wake();
      apiKeys.forget();
      changes.onReconnect();
    },
  });

  const readiness = async (): Promise<Readiness> => {
    const database = await db.pool.query("select 1").then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : "does not answer"),
    );
    const problems: [string, string | null][] = [
      ["database", database],
      ["notifications", listener.connected() ? null : "not listening"],
      ...sender.problems().map(({ node, problem }): [string, string | null] => [`publisher node ${node}`, problem]),
      ["device events", deviceEvents.problem()],
    ];
    return {
      // one node is enough to publish; the others are named
      ready: database === null && deviceEvents.problem() === null && sender.isReady(),
      dependencies: Object.fromEntries(problems.map(([name, problem]) => [name, problem ?? "ok"])),
    };
  };

  const server = buildServer({
    log,
    acceptor,
    changes,
    answers,
    metrics,
    readiness,
    tail: (ticket, tell) => {
      // A node that answers, where there is one; else the tail says that it is lost.
      const up = sender.problems().find(({ problem }) => problem === null)?.node;
      const node = nodes.find(({ name }) => name === up) ?? nodes[0];
      if (!node) throw new AppError("UNAVAILABLE", "There is no publisher node.");
      return tailOnNode(ticket, { node, session, topicRoot: env.TOPIC_ROOT, log, now: () => new Date() }, tell);
    },
    serviceContext: createServiceContext({
      db,
      log,
      verifyApiKey: apiKeys.verify,
      ratePerSecond: env.PUBLISHER_RATE_PER_SECOND,
    }),
  });
  const url = await server.listen({ host: env.PUBLISHER_HOST, port: env.PUBLISHER_PORT });
  return {
    url,
    close: async () => {
      await server.close();
      await listener.close();
      await deviceEvents.close();
      await sends.close();
      await drain.close(DRAIN_AT_CLOSE_MS);
      await sender.close();
      await lanes.close();
      await Promise.all([acceptPool.end(), sendsPool.end(), recordPool.end(), db.close()]);
    },
  };
}
