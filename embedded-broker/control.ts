import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Log } from "@/lib/log/log";
import type { Cluster } from "./cluster";
import { listening, type Listener } from "./listeners";

// Faults are for the machine itself: this port is never bound to anything else.
const LOOPBACK = "127.0.0.1";

/**
 * The control port: `GET /` the nodes and whether they are up, `POST /nodes/{name}/kill`, `POST /nodes/{name}/start`, and the
 * process's own `/healthz`, `/readyz` and `/metrics`.
 */
export async function listenControl(options: { port: number; cluster: Cluster; log: Log }): Promise<Listener> {
  const { port, cluster, log } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, "a control request failed");
      sendJson(response, 500, { error: error instanceof Error ? error.message : "failed" });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?")[0] ?? "/";
    if (request.method === "POST") return control(path, response);
    switch (path) {
      case "/":
        return sendJson(response, 200, { nodes: nodesOf(cluster) });
      case "/healthz":
        return sendJson(response, 200, { status: "alive" });
      case "/readyz": {
        const ready = cluster.nodes.some(({ run }) => run !== null);
        const dependencies = Object.fromEntries(nodesOf(cluster).map(({ name, state }) => [name, state]));
        return sendJson(response, ready ? 200 : 503, { ready, dependencies });
      }
      case "/metrics":
        response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
        return undefined;
      default:
        return sendJson(response, 404, { error: `Nothing at ${path}` });
    }
  }

  async function control(path: string, response: ServerResponse): Promise<void> {
    const [, name = "", action] = /^\/nodes\/([a-z0-9-]+)\/(kill|start)$/.exec(path) ?? [];
    const node = cluster.find(name);
    if (!node) return sendJson(response, 404, { error: `POST /nodes/{name}/kill or /nodes/{name}/start, not ${path}` });
    if (action === "kill") cluster.kill(name);
    else await cluster.start(name);
    log.info({ node: node.config.name, action }, "a node was controlled");
    return sendJson(response, 200, { nodes: nodesOf(cluster) });
  }

  await listening(server, LOOPBACK, port);
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const nodesOf = (cluster: Cluster) =>
  cluster.nodes.map(({ config, run }) => ({
    name: config.name,
    role: config.role,
    state: run ? "up" : "down",
    mqttPort: config.mqttPort,
    wsPort: config.wsPort,
    httpPort: config.httpPort,
  }));

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
