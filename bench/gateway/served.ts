// A process that serves hooks and says, when asked, how much processor time it has used: `served no-op` or, with the gateway's
// environment, `served gateway`.
import { createServer } from "node:http";
import { gatewayEnv } from "@/gateway/env";
import { startGateway } from "@/gateway/gateway";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";

/** Answers at once. */
async function startNoOp(port: number): Promise<void> {
  const body = '{"result":"ok"}';
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    request.resume();
    response.writeHead(200, ["content-type", "application/json", "content-length", String(body.length)]).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
}

if (process.argv[2] === "no-op") await startNoOp(Number(process.env.GATEWAY_PORT));
else await startGateway(readEnv(gatewayEnv), createLog("gateway"));
process.on("message", () => process.send?.(process.cpuUsage()));
process.on("disconnect", () => process.exit());
process.send?.("ready");
