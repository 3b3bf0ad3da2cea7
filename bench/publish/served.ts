// A publisher in a process of its own, as in production; says its processor time when asked.
import { publisherEnv } from "@/publisher/env";
import { startPublisher } from "@/publisher/publisher";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";

await startPublisher(readEnv(publisherEnv), createLog("publisher"));
process.on("message", () => process.send?.(process.cpuUsage()));
process.on("disconnect", () => process.exit());
process.send?.("ready");
