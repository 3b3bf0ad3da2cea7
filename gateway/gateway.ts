import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { JSONWebKeySet } from "jose";
import type { Pool } from "pg";
import { createBlockList } from "@/lib/access/block-list";
import { createConnectThrottle } from "@/lib/access/connect-throttle";
import { listReleasedLately } from "@/lib/access/finish-releases";
import { createRevocationList } from "@/lib/access/revocation-list";
import { createClientDirectory, type ClientDirectory } from "@/lib/access/client-directory";
import { writeTopicRefusals } from "@/lib/access/write-topic-refusals";
import type { IssuerState } from "@/lib/access/schemas";
import { createTokenVerifier } from "@/lib/access/verify-token";
import { addNodes } from "@/lib/broker/add-nodes";
import { openPool } from "@/lib/db/database";
import { listen } from "@/lib/events/listen";
import type { Log } from "@/lib/log/log";
import { createDatabaseClock, type DatabaseClock } from "@/lib/presence/database-clock";
import type { PresenceBatch } from "@/lib/presence/presence-batch";
import { createPresenceBuffer, type PresenceBuffer } from "@/lib/presence/presence-buffer";
import { WRITE_SETTINGS, writePresence } from "@/lib/presence/write-presence";
import { writeRefusals, writeSignIns } from "@/lib/presence/write-sign-ins";
import { issuersOf, type GatewayEnv } from "./env";
import { createConnectionRefusals } from "./connection-refusals";
import { startGatewayBeat } from "./gateway-beat";
import { createHookListener } from "./hook-listener";
import { createHookRecorder } from "./hook-recorder";
import type { HookNode } from "./hook-reply";
import { startHookServer } from "./hook-server";
import { createHooks } from "./hooks";
import { createGatewayMetrics } from "./metrics";
import { createRegisterHook } from "./register-hook";
import { createTopicRefusals } from "./topic-refusals";
import { createServerOfGateway, type Readiness } from "./server";

const CALIBRATE_EVERY_MS = 60_000;
const CALIBRATE_FIRST_MS = 2_000;
const CALIBRATE_AGAIN_MS = 2_000;
const UNFINISHED_EVERY_MS = 5_000;
// Beside the notification of each change: after a start without the database, nothing else would read them.
const LISTS_EVERY_MS = 60_000;

/** A running gateway: answers the broker's hooks at GATEWAY_HOST:GATEWAY_PORT until it is closed. Needs no database to start. */
export async function startGateway(env: GatewayEnv, log: Log): Promise<{ close: () => Promise<void> }> {
  const pools = openPools(env);
  const clock = createDatabaseClock(pools.reports);
  const { nowUs, offsetMs: clockOffsetMs } = clock;
  const directory = createClientDirectory(pools.lookups, () => performance.now());
  const blocks = createBlockList(pools.lookups, log);
  const revocations = createRevocationList(pools.lookups, log);
  const readLists = (): void => {
    void blocks.refresh();
    void revocations.refresh();
  };
  readLists();
  const rereadLists = setInterval(readLists, LISTS_EVERY_MS);
  const throttle = createConnectThrottle({
    connectsPerClient: env.CONNECTS_PER_CLIENT,
    refusedPerClient: env.REFUSED_PER_CLIENT,
  });
  const nodes = env.BROKER_NODES.map(({ name, role }) => ({ name, role }));
  const nodeNames = nodes.map((node) => node.name);
  const recorder = createHookRecorder(nodeNames);
  const write = batchWriter({ pool: pools.writes, nodes, directory, log });
  const presence = createPresenceBuffer({ log, nowMs: () => performance.now(), write });
  const { stats } = presence;
  const tokens = createTokenVerifier({ issuers: await readIssuers(env), nowSeconds: () => Date.now() / 1_000 });
  const verifyToken = tokens.verify;
  const services = env.SERVICE_CREDENTIALS;
  const register = createRegisterHook({
    verifyToken,
    directory,
    blocks,
    revocations,
    throttle,
    presence,
    nodes: nodeNames,
    services,
    nowUs,
  });
  const topicRefusals = createTopicRefusals({ write: (refusals) => writeTopicRefusals(pools.reports, refusals), log });
  const hooks = createHooks({
    register,
    directory,
    presence,
    topicRefusals,
    nowUs,
    nowMs: Date.now,
    topicRoot: env.TOPIC_ROOT,
  });
  const forget = (clientId: string): void => {
    directory.forgetClient(clientId);
    register.forget(clientId);
  };
  const forgetReleased = async (): Promise<void> => {
    try {
      for (const clientId of await listReleasedLately(pools.reports)) forget(clientId);
    } catch (error) {
      log.warn({ err: error }, "released clients could not be read; those of meanwhile stay with who they were");
    }
  };
  const listener = listen({
    url: env.DATABASE_URL,
    channels: ["access"],
    log,
    onEvent: (event) => {
      if (event.type === "access.grantsChanged") directory.forgetGrants(event.personId);
      else if (event.type === "access.blocksChanged") void blocks.refresh();
      else if (event.type === "access.tokensRevoked") void revocations.refresh();
      else if (event.type === "access.clientReleased") forget(event.clientId);
    },
    onReconnect: () => {
      directory.forgetAllGrants();
      readLists();
      void forgetReleased();
    },
  });
  const refusals = createConnectionRefusals(log);
  const hookListener = createHookListener({ nodes, secrets: env.HOOK_SECRETS, hooks, recorder, log });
  const server = createServerOfGateway({
    hooks: env.GATEWAY_HOOKS_PORT === undefined ? hookListener : null,
    metrics: createGatewayMetrics({
      stats,
      recorder,
      clockOffsetMs,
      issuers: tokens.issuers,
      connectionRefusals: refusals.counts,
    }),
    readiness: async () => readinessOf({ presence, isConnected: listener.connected(), issuers: tokens.issuers() }),
  });
  const calibration = keepCalibrated(clock, log);
  // Hooks wait for it, as an instant by a wrong clock outlives the clock's correction; without the database nobody waits long.
  await Promise.race([calibration.first, wait(CALIBRATE_FIRST_MS)]);
  const unfinished = setInterval(register.findUnfinished, UNFINISHED_EVERY_MS);
  const hookServer = await startHookServer(env, hookListener, refusals.add);
  await server.listen({ host: env.GATEWAY_HOST, port: env.GATEWAY_PORT });
  const beat = startGatewayBeat({
    pool: pools.reports,
    name: env.GATEWAY_NAME,
    recorder,
    stats,
    nowUs,
    clockOffsetMs,
    issuers: tokens.issuers,
    log,
  });
  return {
    close: async () => {
      calibration.stop();
      clearInterval(unfinished);
      clearInterval(rereadLists);
      await hookServer?.close();
      await server.close();
      await presence.close(3_000);
      await beat.close();
      await topicRefusals.close();
      await listener.close();
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

/**
 * Connections apart by what waits for them: a connect (lookups) waits for neither a slow batch (writes) nor what the gateway says of itself. Short
 * time-outs, as each of them goes on without the database.
 */
function openPools(env: GatewayEnv): Record<"lookups" | "writes" | "reports", Pool> {
  const open = (
    what: string,
    limits: { connections: number; connectTimeoutMs: number; queryTimeoutMs: number },
  ): Pool =>
    openPool({
      url: env.DATABASE_URL,
      applicationName: `liveconnect-gateway-${what}`,
      settings: { ...WRITE_SETTINGS, "liveconnect.writer": env.GATEWAY_NAME },
      ...limits,
    });
  return {
    lookups: open("lookups", { connections: 2, connectTimeoutMs: 1_000, queryTimeoutMs: 1_000 }),
    writes: open("writes", { connections: 1, connectTimeoutMs: 2_000, queryTimeoutMs: 16_000 }),
    reports: open("reports", { connections: 1, connectTimeoutMs: 2_000, queryTimeoutMs: 5_000 }),
  };
}

function batchWriter(parts: {
  pool: Pool;
  nodes: readonly HookNode[];
  directory: ClientDirectory;
  log: Log;
}): (batch: PresenceBatch) => Promise<number> {
  const { pool, nodes, directory, log } = parts;
  let registered = false;
  return async (batch) => {
    if (!registered) await addNodes(pool, nodes);
    registered = true;
    // Who they are first, so that nobody finds a state without a person.
    const foreign = await writeSignIns(pool, batch.signIns);
    for (const clientId of foreign) directory.forgetClient(clientId);
    if (foreign.length > 0)
      log.warn(
        { clients: foreign.length },
        "clients let in while the store was away are other people's; their topics are closed to them",
      );
    const changed = batch.clients.length > 0 ? await writePresence(pool, batch.clients) : 0;
    await writeRefusals(pool, batch.refusals);
    return changed;
  };
}

/** Always ready: devices are authenticated whatever the store does; being behind is said, not refused. */
function readinessOf(parts: {
  presence: PresenceBuffer;
  isConnected: boolean;
  issuers: readonly IssuerState[];
}): Readiness {
  const { lagMs, waiting, dropped, droppedSessions } = parts.presence.stats();
  return {
    ready: true,
    dependencies: {
      ...Object.fromEntries(parts.issuers.map((issuer) => [`issuer ${issuer.name}`, wordsOf(issuer)])),
      database: parts.isConnected ? "connected" : "not connected: authentication goes on, presence waits",
      presence:
        waiting === 0
          ? "up to date"
          : `${waiting} clients wait, the oldest for ${Math.round(lagMs)} ms; dropped since the start: ${dropped} states, ${droppedSessions} sessions`,
    },
  };
}

const wordsOf = ({ awaySinceMs }: IssuerState): string =>
  awaySinceMs === null
    ? "no failure"
    : `does not answer since ${new Date(awaySinceMs).toISOString()}: known tokens go on, new ones are refused`;

function keepCalibrated(clock: DatabaseClock, log: Log): { first: Promise<void>; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const calibrate = async (): Promise<void> => {
    try {
      await clock.calibrate();
    } catch (error) {
      log.warn({ err: error }, "the database's clock could not be read");
    }
    if (!isStopped) timer = setTimeout(calibrate, clock.offsetMs() === null ? CALIBRATE_AGAIN_MS : CALIBRATE_EVERY_MS);
  };
  return {
    first: calibrate(),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** The issuers of tokens, with the keys of those that are in files, read once at start. */
const readIssuers = (env: GatewayEnv) =>
  Promise.all(
    issuersOf(env).map(async (issuer) => ({
      issuer,
      jwks: issuer.jwksFile ? (JSON.parse(await readFile(issuer.jwksFile, "utf8")) as JSONWebKeySet) : undefined,
    })),
  );
