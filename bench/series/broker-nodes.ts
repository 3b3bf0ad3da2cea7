// A process of its own, so that what it costs is not the worker's: as many broker nodes as its argument says, each a real HTTP
// server that answers as VerneMQ does, with the recorded metrics. Sends their ports to its parent, and ends with it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const nodes = Array.from({ length: Number(process.argv[2]) }, (_, index) => `VerneMQ${index + 1}@127.0.0.1`);
const bootedAt = Date.now();
const recorded = readFileSync(new URL("../../test/fixtures/vernemq/metrics/traffic.txt", import.meta.url), "utf8");
const show = JSON.stringify({ table: nodes.map((Node) => ({ Node, Running: true })), type: "table" });

const ports = nodes.map((node) => {
  const metrics = recorded.replaceAll(/node="[^"]*"/g, `node="${node}"`);
  const status = JSON.stringify([{ [node]: { version: "2.1.2" } }]);
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/health") return void response.end('{"status":"OK"}');
    if (path === "/status.json") return void response.end(status);
    if (path === "/api/v1/cluster/show") return void response.end(show);
    if (path === "/api/v1/listener/show") return void response.end('{"table":[],"type":"table"}');
    // It runs on, or each reading would tell of a restart.
    const uptime = `vernemq_system_wallclock{node="${node}"} ${Date.now() - bootedAt}`;
    if (path === "/metrics") return void response.end(metrics.replace(/^vernemq_system_wallclock\{.*$/m, uptime));
    response.statusCode = 404;
    response.end();
  });
  server.listen(0, "127.0.0.1");
  return new Promise<number>((resolve) =>
    server.once("listening", () => resolve((server.address() as AddressInfo).port)),
  );
});
process.send?.(await Promise.all(ports));
process.once("disconnect", () => process.exit());
