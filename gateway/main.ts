import closeWithGrace from "close-with-grace";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { gatewayEnv } from "./env";
import { startGateway } from "./gateway";

const log = createLog("gateway");
const env = readEnv(gatewayEnv);
const gateway = await startGateway(env, log);
log.info({ port: env.GATEWAY_PORT, nodes: env.BROKER_NODES.length }, "gateway is listening");

closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
  if (err) log.fatal({ err }, "the gateway ends after an error it did not expect");
  await gateway.close();
});
