import { readFileSync } from "node:fs";
import closeWithGrace from "close-with-grace";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { createClock } from "./clock";
import { listenControl } from "./control";
import { embeddedBrokerEnv } from "./env";
import { startCluster } from "./start-cluster";

const log = createLog("embedded-broker");
const env = readEnv(embeddedBrokerEnv);
const { EMBEDDED_BROKER_TLS_CERT_FILE: certFile, EMBEDDED_BROKER_TLS_KEY_FILE: keyFile } = env;
const allowed = env.EMBEDDED_BROKER_ALLOW_DURING_NETSPLIT;
const cluster = await startCluster({
  host: env.EMBEDDED_BROKER_HOST,
  nodes: env.EMBEDDED_BROKER_NODES,
  apiKeys: env.EMBEDDED_BROKER_API_KEYS,
  log,
  clock: createClock({ timeScale: env.EMBEDDED_BROKER_TIME_SCALE }),
  seed: env.EMBEDDED_BROKER_SEED,
  tls: certFile && keyFile ? { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") } : undefined,
  netsplitRules: { register: allowed, publish: allowed, subscribe: allowed, unsubscribe: allowed },
  freezeNoticedMs: env.EMBEDDED_BROKER_FREEZE_NOTICED_SECONDS * 1_000,
  persistentExpirationMs: env.EMBEDDED_BROKER_PERSISTENT_EXPIRATION_SECONDS * 1_000,
});
const control = await listenControl({ port: env.EMBEDDED_BROKER_CONTROL_PORT, cluster, log });
log.info({ nodes: cluster.nodes.map(({ label }) => label) }, "the embedded broker is listening");

closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
  if (err) log.fatal({ err }, "the embedded broker ends after an error it did not expect");
  control.close();
  await cluster.close();
});
