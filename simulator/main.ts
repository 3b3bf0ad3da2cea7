import closeWithGrace from "close-with-grace";
import { createLog } from "@/lib/log/log";
import { openTokenIssuer } from "./device-token";
import { readSimulatorEnv } from "./env";
import { createFleet } from "./fleet";
import { createFleetMetrics } from "./fleet-metrics";
import { openHealthServer } from "./health-server";
import { startOrders } from "./orders";
import { openPublisherClient } from "./publisher-client";
import { seededRandom } from "./random";

const env = readSimulatorEnv();
const log = createLog("simulator");
const now = () => Date.now();

const issuer = await openTokenIssuer({
  keyFile: env.FLEET_ISSUER_KEY_FILE,
  issuer: env.DEVICE_TOKEN_ISSUER,
  audience: env.DEVICE_TOKEN_AUDIENCE,
  now,
});
const metrics = createFleetMetrics(() => fleet.devices);
const fleet = createFleet({
  devices: env.FLEET_DEVICES,
  seed: env.FLEET_SEED,
  issuer,
  brokerUrls: env.FLEET_BROKER_URLS,
  topicRoot: env.TOPIC_ROOT,
  logFolder: env.FLEET_LOG_FOLDER,
  onHappening: metrics.observe,
  now,
});
const online = () => fleet.devices.filter((device) => device.state.status === "online").length;

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
const report = setInterval(() => log.info({ phones: fleet.devices.length, online: online() }, "fleet"), 60_000);
log.info({ phones: fleet.devices.length, seed: env.FLEET_SEED, brokers: env.FLEET_BROKER_URLS.length }, "fleet begins");

closeWithGrace({ delay: 3_000, logger: log }, async ({ err }) => {
  if (err) log.error({ err }, "the fleet ends because something failed");
  clearInterval(report);
  stopOrders();
  fleet.close();
  health.close();
  health.closeAllConnections();
});
