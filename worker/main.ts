import closeWithGrace from "close-with-grace";
import { readEnv } from "@/lib/env/read-env";
import { checkRedactionRules } from "@/lib/diagnostics/log/check-rules";
import { redactionRules } from "@/lib/diagnostics/log/redaction-rules";
import { createLog } from "@/lib/log/log";
import { workerEnv } from "./env";
import { startWorker } from "./worker";

const log = createLog("worker");
const env = readEnv(workerEnv);
await checkRedactionRules(redactionRules());
const worker = await startWorker(env, log);
log.info({ port: env.WORKER_PORT, nodes: env.BROKER_NODES.length }, "worker is listening");

closeWithGrace({ delay: 12_000, logger: false }, async ({ err }) => {
  if (err) log.fatal({ err }, "the worker ends after an error it did not expect");
  await worker.close();
});
