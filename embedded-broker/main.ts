import closeWithGrace from "close-with-grace";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { listenControl } from "./control";
import { embeddedBrokerEnv } from "./env";
import { startCluster } from "./start-cluster";

const log = createLog("embedded-broker");
const env = readEnv(embeddedBrokerEnv);
const cluster = await startCluster({
  host: env.EMBEDDED_BROKER_HOST,
  nodes: env.EMBEDDED_BROKER_NODES,
  apiKeys: env.EMBEDDED_BROKER_API_KEYS,
  log,
  now: Date.now,
});
const control = await listenControl({ port: env.EMBEDDED_BROKER_CONTROL_PORT, cluster, log });
log.info({ nodes: cluster.nodes.map(({ label }) => label) }, "the embedded broker is listening");

closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
  if (err) log.fatal({ err }, "the embedded broker ends after an error it did not expect");
  control.close();
  await cluster.close();
});
