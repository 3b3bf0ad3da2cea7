import closeWithGrace from "close-with-grace";
import { readEnv } from "@/lib/env/read-env";
import { sealingKey } from "@/lib/env/sealing-key";
import { createLog } from "@/lib/log/log";
import { publisherEnv } from "./env";
import { startPublisher } from "./publisher";

const log = createLog("publisher");
const env = readEnv(publisherEnv);
// Without it no message could be accepted or opened: better said now.
sealingKey();
const publisher = await startPublisher(env, log);
log.info({ port: env.PUBLISHER_PORT, nodes: env.BROKER_NODES.length }, "publisher is listening");

closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
  if (err) log.fatal({ err }, "the publisher ends after an error it did not expect");
  await publisher.close();
});
