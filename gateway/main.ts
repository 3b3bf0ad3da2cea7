import { readFile } from "node:fs/promises";
import closeWithGrace from "close-with-grace";
import type { JSONWebKeySet } from "jose";
import { createClientDirectory } from "@/lib/access/client-directory";
import { createTokenVerifier } from "@/lib/access/verify-token";
import { openDatabase } from "@/lib/db/database";
import { readEnv } from "@/lib/env/read-env";
import { listen } from "@/lib/events/listen";
import { createLog } from "@/lib/log/log";
import { createDatabaseClock } from "@/lib/presence/database-clock";
import { createPresenceBuffer } from "@/lib/presence/presence-buffer";
import { registerNodes, writePresence } from "@/lib/presence/write-presence";
import { writeRefusals, writeSignIns } from "@/lib/presence/write-sign-ins";
import { gatewayEnv, type GatewayEnv } from "./env";
import { createHookListener } from "./hook-listener";
import { createHooks } from "./hooks";
import { createGatewayMetrics } from "./metrics";
import { createRegisterHook } from "./register-hook";
import { createServerOfGateway } from "./server";

const CALIBRATE_EVERY_MS = 60_000;

const log = createLog("gateway");
const env = readEnv(gatewayEnv);
const db = openDatabase({ url: env.DATABASE_URL, connections: 4, applicationName: "liveconnect-gateway" });
const clock = createDatabaseClock(db.pool);
const directory = createClientDirectory(db.pool);
const nodes = env.BROKER_NODES.map(({ name, role }) => ({ name, role }));

let registered = false;
const presence = createPresenceBuffer({
  log,
  nowMs: () => performance.now(),
  write: async (batch) => {
    if (!registered) await registerNodes(db.pool, nodes);
    registered = true;
    // Who they are first, so that nobody finds a state without a person.
    await writeSignIns(db.pool, batch.signIns);
    if (batch.clients.length > 0) await writePresence(db.pool, batch.clients);
    await writeRefusals(db.pool, batch.refusals);
  },
});
const metrics = createGatewayMetrics(presence.stats);
const verifyToken = createTokenVerifier({
  keys: await issuerKeys(env),
  issuer: env.DEVICE_TOKEN_ISSUER,
  audience: env.DEVICE_TOKEN_AUDIENCE,
  nowSeconds: () => Date.now() / 1_000,
});
const register = createRegisterHook({
  verifyToken,
  directory,
  presence,
  services: env.SERVICE_CREDENTIALS,
  nowUs: clock.nowUs,
  onRefusal: metrics.refusal,
});
const hooks = createHooks({
  register,
  directory,
  presence,
  nowUs: clock.nowUs,
  nowMs: Date.now,
  topicRoot: env.TOPIC_ROOT,
});
const listener = listen({
  url: env.DATABASE_URL,
  channels: ["access"],
  log,
  onEvent: (event) => {
    if (event.type === "access.grantsChanged") directory.forgetGrants(event.personId);
  },
  onReconnect: directory.forgetAllGrants,
});
const server = createServerOfGateway({
  hooks: createHookListener({ nodes, secrets: env.HOOK_SECRETS, hooks, metrics, log }),
  metrics,
  readiness: async () => {
    const { lagMs, waiting } = presence.stats();
    return {
      // Devices are authenticated whatever the store does; behind is said, not refused.
      ready: true,
      dependencies: {
        database: listener.connected() ? "connected" : "not connected: authentication goes on, presence waits",
        presence: waiting === 0 ? "up to date" : `${waiting} clients wait, the oldest for ${Math.round(lagMs)} ms`,
      },
    };
  },
});

const calibrate = (): void => {
  clock.calibrate().catch((error: unknown) => log.warn({ err: error }, "the database's clock could not be read"));
};
calibrate();
const calibration = setInterval(calibrate, CALIBRATE_EVERY_MS);

await server.listen({ host: env.GATEWAY_HOST, port: env.GATEWAY_PORT });
log.info({ port: env.GATEWAY_PORT, nodes: nodes.length }, "gateway is listening");

closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
  if (err) log.fatal({ err }, "the gateway ends after an error it did not expect");
  clearInterval(calibration);
  await server.close();
  await presence.close(3_000);
  await listener.close();
  await db.close();
});

/** The issuer's keys: by URL, or from a file read once at start. */
async function issuerKeys(from: GatewayEnv): Promise<{ url: string } | { jwks: JSONWebKeySet }> {
  if (from.DEVICE_JWKS_URL) return { url: from.DEVICE_JWKS_URL };
  if (!from.DEVICE_JWKS_FILE)
    throw new Error("Set DEVICE_JWKS_URL or DEVICE_JWKS_FILE: without keys no device can connect.");
  return { jwks: JSON.parse(await readFile(from.DEVICE_JWKS_FILE, "utf8")) as JSONWebKeySet };
}
