import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Log } from "@/lib/log/log";
import type { Cluster, ClusterNode } from "./cluster";
import {
  clusterStatus,
  clusterTable,
  fullClusterHealth,
  listenerTable,
  OK_HEALTH,
  retainTable,
  webhookTable,
} from "./node-status";
import { reauthorizeSession } from "./reauthorize-session";
import { clientStatus, disconnectSession } from "./session-commands";
import { showSessions } from "./session-show";

export interface AdminApiParts {
  cluster: Cluster;
  node: ClusterNode;
  apiKeys: readonly string[];
  log: Log;
}

/** What a command answers: JSON, Prometheus text, or a bare status as VerneMQ's errors are. */
type Answer = { json: unknown; status?: number } | { text: string } | { status: number };

const UNKNOWN_COMMAND: Answer = { status: 400 };

/** A node's admin HTTP: metrics, status and health for anybody who reaches it, `/api/` with a key; GET for everything. */
export function createAdminApi({ cluster, node, apiKeys, log }: AdminApiParts): RequestListener {
  const keys = apiKeys.map(digest);
  return (request, response) => {
    handle(request).then(
      (answer) => send(request, response, answer),
      (error: unknown) => {
        log.error({ err: error }, "an admin request failed");
        send(request, response, { status: 500 });
      },
    );
  };

  async function handle(request: IncomingMessage): Promise<Answer> {
    await node.run?.pace.wait();
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://node");
    if (request.method === "POST" || request.method === "PUT" || request.method === "DELETE") return { status: 405 };
    const open = await openAnswer(pathname);
    if (open) return open;
    if (!pathname.startsWith("/api/")) return { status: 404 };
    if (!hasKey(request, keys)) return { status: 401 };
    return command(pathname, searchParams);
  }

  // VerneMQ 2.x serves these without a key unless http_module.<name>.auth.mode says otherwise.
  async function openAnswer(pathname: string): Promise<Answer | null> {
    switch (pathname) {
      case "/metrics":
        return node.run
          ? { text: node.run.metrics.toText({ label: node.label, readings: node.run.readings() }) }
          : { status: 503 };
      case "/status.json":
        // Every node is asked, and a frozen one does not answer; /metrics asks nobody.
        await cluster.links.heard(node.config.name);
        return { json: clusterStatus(cluster, node) };
      case "/health":
      case "/health/ping":
      case "/health/listeners":
        return { json: OK_HEALTH };
      case "/health/listeners_full_cluster":
        return fullClusterHealth(cluster, node);
      default:
        return null;
    }
  }

  async function command(pathname: string, params: URLSearchParams): Promise<Answer> {
    switch (pathname) {
      case "/api/v1/cluster/show":
        return { json: clusterTable(cluster, node) };
      case "/api/v1/listener/show":
        return node.run ? { json: listenerTable(node, node.run) } : { status: 503 };
      case "/api/v1/session/show":
        return showSessions(cluster, node, params);
      case "/api/v1/session/disconnect":
        return disconnectSession(cluster, node, params);
      case "/api/v1/session/reauthorize":
        return reauthorizeSession(cluster, params);
      case "/api/v1/retain/show":
        return { json: retainTable(cluster, params) };
      case "/api/v1/webhooks/show":
        return { json: webhookTable(node) };
      case "/api/v2/client":
        return clientStatus(cluster, node, params);
      default:
        return UNKNOWN_COMMAND;
    }
  }
}

/** The key is the user of basic auth (the password does not matter) or `x-api-key`. */
function hasKey(request: IncomingMessage, keys: readonly Buffer[]): boolean {
  const header = request.headers["x-api-key"];
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const user = basic ? Buffer.from(basic, "base64").toString("utf8").split(":")[0] : undefined;
  const given = typeof header === "string" ? header : user;
  if (given === undefined) return false;
  const asked = digest(given);
  return keys.some((key) => timingSafeEqual(key, asked));
}

const digest = (key: string): Buffer => createHash("sha256").update(key).digest();

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, type, body } = bodyOf(answer);
  response.writeHead(status, {
    ...(status === 401 ? { "www-authenticate": 'Authorization realm="VerneMQ"' } : {}),
    ...(status === 405 ? { allow: "GET, OPTIONS, HEAD" } : {}),
    ...(type ? { "content-type": type } : {}),
    "content-length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function bodyOf(answer: Answer): { status: number; type?: string; body: string } {
  if ("json" in answer)
    return { status: answer.status ?? 200, type: "application/json", body: JSON.stringify(answer.json) };
  if ("text" in answer) return { status: 200, type: "text/plain; version=0.0.4", body: answer.text };
  return { status: answer.status, body: "" };
}
