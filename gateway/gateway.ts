import { readFile } from "node:fs/promises";
import type { JSONWebKeySet } from "jose";
import { createBlockList } from "@/lib/access/block-list";
import { createClientDirectory } from "@/lib/access/client-directory";
import { createTokenVerifier } from "@/lib/access/verify-token";
import { openDatabase } from "@/lib/db/database";
import { listen } from "@/lib/events/listen";
import type { Log } from "@/lib/log/log";
import { createDatabaseClock, type DatabaseClock } from "@/lib/presence/database-clock";
import { createPresenceBuffer, type PresenceBuffer } from "@/lib/presence/presence-buffer";
import { registerNodes, writePresence } from "@/lib/presence/write-presence";
import { writeRefusals, writeSignIns } from "@/lib/presence/write-sign-ins";
import type { GatewayEnv } from "./env";
import { createHookListener } from "./hook-listener";
import { createHooks } from "./hooks";
import { createGatewayMetrics } from "./metrics";
import { createRegisterHook } from "./register-hook";
import { createServerOfGateway, type Readiness } from "./server";

const CALIBRATE_EVERY_MS = 60_000;
const UNFINISHED_EVERY_MS = 5_000;
// Beside the notification of each change: after a start without the database, nothing else would read them.
const BLOCKS_EVERY_MS = 60_000;

/** A running gateway: answers the broker's hooks at GATEWAY_HOST:GATEWAY_PORT until it is closed. Needs no database to start. */
export async function startGateway(env: GatewayEnv, log: Log): Promise<{ close: () => Promise<void> }> {
  const db = openDatabase({ url: env.DATABASE_URL, connections: 4, applicationName: "liveconnect-gateway" });
  const clock = createDatabaseClock(db.pool);
  const directory = createClientDirectory(db.pool);
  const blocks = createBlockList(db.pool, log);
  void blocks.refresh();
  const rereadBlocks = setInterval(() => void blocks.refresh(), BLOCKS_EVERY_MS);
  const nodes = env.BROKER_NODES.map(({ name, role }) => ({ name, role }));
  const presence = createPresenceBuffer({ log, nowMs: () => performance.now(), write: batchWriter(db.pool, nodes) });
  const metrics = createGatewayMetrics(presence.stats);
  const verifyToken = createTokenVerifier({
    keys: await issuerKeys(env),
    issuer: env.DEVICE_TOKEN_ISSUER,
    audience: env.DEVICE_TOKEN_AUDIENCE,
    nowSeconds: () => Date.now() / 1_000,
  });
  const { nowUs } = clock;
  const services = env.SERVICE_CREDENTIALS;
  const register = createRegisterHook({
    verifyToken,
    directory,
    blocks,
    presence,
    services,
    nowUs,
    onRefusal: metrics.refusal,
  });
  const hooks = createHooks({ register, directory, presence, nowUs, nowMs: Date.now, topicRoot: env.TOPIC_ROOT });
  const listener = listen({
    url: env.DATABASE_URL,
    channels: ["access"],
    log,
    onEvent: (event) => {
      if (event.type === "access.grantsChanged") directory.forgetGrants(event.personId);
      else if (event.type === "access.blocksChanged") void blocks.refresh();
    },
    onReconnect: () => {
      directory.forgetAllGrants();
      void blocks.refresh();
    },
  });
  const server = createServerOfGateway({
    hooks: createHookListener({ nodes, secrets: env.HOOK_SECRETS, hooks, metrics, log }),
    metrics,
    readiness: async () => readinessOf(presence, listener.connected()),
  });
  const stopCalibrating = keepCalibrated(clock, log);
  const unfinished = setInterval(register.findUnfinished, UNFINISHED_EVERY_MS);
  await server.listen({ host: env.GATEWAY_HOST, port: env.GATEWAY_PORT });
  return {
    close: async () => {
      stopCalibrating();
      clearInterval(unfinished);
      clearInterval(rereadBlocks);
      await server.close();
      await presence.close(3_000);
      await listener.close();
      await db.close();
    },
  };
}

type Nodes = Parameters<typeof registerNodes>[1];

function batchWriter(
  pool: Parameters<typeof registerNodes>[0],
  nodes: Nodes,
): Parameters<typeof createPresenceBuffer>[0]["write"] {
  let registered = false;
  return async (batch) => {
    if (!registered) await registerNodes(pool, nodes);
    registered = true;
    // Who they are first, so that nobody finds a state without a person.
    await writeSignIns(pool, batch.signIns);
    if (batch.clients.length > 0) await writePresence(pool, batch.clients);
    await writeRefusals(pool, batch.refusals);
  };
}

/** Always ready: devices are authenticated whatever the store does; being behind is said, not refused. */
function readinessOf(presence: PresenceBuffer, connected: boolean): Readiness {
  const { lagMs, waiting } = presence.stats();
  return {
    ready: true,
    dependencies: {
      database: connected ? "connected" : "not connected: authentication goes on, presence waits",
      presence: waiting === 0 ? "up to date" : `${waiting} clients wait, the oldest for ${Math.round(lagMs)} ms`,
    },
  };
}

function keepCalibrated(clock: DatabaseClock, log: Log): () => void {
  const calibrate = (): void => {
    clock.calibrate().catch((error: unknown) => log.warn({ err: error }, "the database's clock could not be read"));
  };
  calibrate();
  const timer = setInterval(calibrate, CALIBRATE_EVERY_MS);
  return () => clearInterval(timer);
}

/** The issuer's keys: by URL, or from a file read once at start. */
async function issuerKeys(env: GatewayEnv): Promise<{ url: string } | { jwks: JSONWebKeySet }> {
  if (env.DEVICE_JWKS_URL) return { url: env.DEVICE_JWKS_URL };
  if (!env.DEVICE_JWKS_FILE)
    throw new Error("Set DEVICE_JWKS_URL or DEVICE_JWKS_FILE: without keys no device can connect.");
  return { jwks: JSON.parse(await readFile(env.DEVICE_JWKS_FILE, "utf8")) as JSONWebKeySet };
}
