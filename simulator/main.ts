import closeWithGrace from "close-with-grace";
import { createLog } from "@/lib/log/log";
import { openTokenIssuer, TOKEN_LIFE_SECONDS } from "./device-token";
import { readSimulatorEnv } from "./env";
import { createFleet } from "./fleet";
import { createFleetMetrics } from "./fleet-metrics";
import { openHealthServer } from "./health-server";
import { startOrders } from "./orders";
import { openPublisherClient } from "./publisher-client";
import { hourOfJakarta } from "./plans";
import { seededRandom } from "./random";
import { NO_TRUTH } from "./truth-recorder";

// About what one gateway and one embedded node take on a small machine beside everything else; a guess to revisit.
const CONNECTS_PER_SECOND = 40;

const env = readSimulatorEnv();
const log = createLog("simulator");
const now = () => Date.now();

const issuer = await openTokenIssuer({
  keyFile: env.FLEET_ISSUER_KEY_FILE,
  issuer: env.DEVICE_TOKEN_ISSUER,
  audience: env.DEVICE_TOKEN_AUDIENCE,
  now,
});
const metrics = createFleetMetrics(() => fleet.phones);
const fleet = createFleet({
  profile: env.FLEET_PROFILE,
  phones: env.FLEET_DEVICES,
  seed: env.FLEET_SEED,
  speed: 1,
  startHour: hourOfJakarta(now()),
  connectsPerSecond: CONNECTS_PER_SECOND,
  tokenLifeSeconds: TOKEN_LIFE_SECONDS,
  issuer,
  brokers: env.FLEET_BROKER_URLS.map((url) => ({ node: null, url })),
  topicRoot: env.TOPIC_ROOT,
  folder: env.FLEET_LOG_FOLDER,
  truth: NO_TRUTH,
  onHappening: metrics.observe,
  now,
});
const online = () => fleet.phones.filter((phone) => phone.status === "online").length;

const health = await openHealthServer({
  host: env.SIMULATOR_HOST,
  port: env.SIMULATOR_PORT,
  registry: metrics.registry,
  online,
});

fleet.start();
const stopOrders = startOrders({
  people: fleet.people,
  publisher: openPublisherClient({
    url: env.FLEET_PUBLISHER_URL,
    apiKey: env.FLEET_API_KEY,
    random: seededRandom(env.FLEET_SEED, "publisher-client"),
    onFailure: ({ path, status }) => {
      metrics.failures.inc({ status });
      log.debug({ path, status }, "LiveConnect did not take a call");
    },
  }),
  random: seededRandom(env.FLEET_SEED, "orders"),
  now,
  onOrder: (outcome) => metrics.orders.inc({ outcome }),
});
const report = setInterval(() => log.info({ phones: fleet.phones.length, online: online() }, "fleet"), 60_000);
log.info({ phones: fleet.phones.length, seed: env.FLEET_SEED, brokers: env.FLEET_BROKER_URLS.length }, "fleet begins");

closeWithGrace({ delay: 3_000, logger: log }, async ({ err }) => {
  if (err) log.error({ err }, "the fleet ends because something failed");
  clearInterval(report);
  stopOrders();
  fleet.close();
  health.close();
  health.closeAllConnections();
});
