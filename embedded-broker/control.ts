import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { z } from "zod";
import type { Log } from "@/lib/log/log";
import { topicNameProblem } from "@/lib/mqtt/topics";
import type { Cluster } from "./cluster";
import { controlSchemas } from "./control-schemas";
import { controlState } from "./control-state";
import { listening, type Listener } from "./listeners";

// Faults are for the machine itself: this port is never bound to anything else.
const LOOPBACK = "127.0.0.1";
const MAX_BODY_BYTES = 65_536;

/** Why a request is refused, and how it should be. */
class Refusal extends Error {
  constructor(
    readonly status: 400 | 404,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The control port: `GET /` the state of everything, faults as README.md lists them, and the process's own `/healthz`, `/readyz`
 * and `/metrics`. Whatever is asked for answers the state after it.
 */
export async function listenControl(options: { port: number; cluster: Cluster; log: Log }): Promise<Listener> {
  const { port, cluster, log } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof Refusal ? error.status : 500;
      if (status === 500) log.error({ err: error }, "a control request failed");
      sendJson(response, status, { error: error instanceof Error ? error.message : "failed" });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET" } = request;
    const path = request.url?.split("?")[0] ?? "/";
    switch (`${method} ${path}`) {
      case "GET /":
        return sendJson(response, 200, controlState(cluster));
      case "GET /healthz":
        return sendJson(response, 200, { status: "alive" });
      case "GET /readyz": {
        const dependencies = Object.fromEntries(
          cluster.nodes.map(({ config }) => [config.name, cluster.stateOf(config.name)]),
        );
        const ready = cluster.nodes.some(({ run }) => run !== null);
        return sendJson(response, ready ? 200 : 503, { ready, dependencies });
      }
      case "GET /metrics":
        response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
        return undefined;
      default: {
        const body = method === "GET" ? "" : await readBody(request);
        await control(cluster, `${method} ${path}`, body);
        log.info({ method, path }, "the broker was controlled");
        return sendJson(response, 200, controlState(cluster));
      }
    }
  }

  await listening(server, LOOPBACK, port);
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function control(cluster: Cluster, request: string, body: string): Promise<void> {
  const [, name, action] = /^POST \/nodes\/([a-z0-9-]+)\/([a-z]+)$/.exec(request) ?? [];
  if (name !== undefined && action !== undefined) return controlNode(cluster, { name, action }, body);
  const [, registering] = /^PUT \/nodes\/([a-z0-9-]+)\/webhooks$/.exec(request) ?? [];
  if (registering !== undefined)
    return cluster.registerHooks(nodeNamed(cluster, registering), read(controlSchemas.webhooks, body));
  switch (request) {
    case "POST /netsplit": {
      const { groups } = read(controlSchemas.netsplit, body);
      for (const member of groups.flat()) nodeNamed(cluster, member);
      return cluster.links.split(groups);
    }
    case "DELETE /netsplit":
      return cluster.links.heal();
    case "PUT /netsplit/allow":
      return void Object.assign(cluster.rules, read(controlSchemas.rules, body));
    case "PUT /hooks/faults": {
      const fault = read(controlSchemas.hookFault, body);
      if (fault.node !== undefined) nodeNamed(cluster, fault.node);
      return cluster.faults.put(fault);
    }
    case "DELETE /hooks/faults":
      return cluster.faults.clear();
    case "PUT /hooks/receiver": {
      const { node, reachable } = read(controlSchemas.receiver, body);
      const nodes = node === undefined ? cluster.nodes.map(({ config }) => config.name) : [nodeNamed(cluster, node)];
      return cluster.faults.setReachable(nodes, reachable);
    }
    case "PUT /sessions/expiration":
      cluster.expiry.afterSeconds = read(controlSchemas.expiration, body).seconds;
      return undefined;
    case "POST /flood":
      return flood(cluster, read(controlSchemas.flood, body));
    default:
      throw new Refusal(404, `Nothing at ${request}; embedded-broker/README.md lists what there is`);
  }
}

async function controlNode(cluster: Cluster, what: { name: string; action: string }, body: string): Promise<void> {
  const name = nodeNamed(cluster, what.name);
  switch (what.action) {
    case "kill":
      return cluster.kill(name);
    case "stop":
      return cluster.stop(name);
    case "freeze":
      return cluster.freeze(name);
    case "thaw":
      return cluster.thaw(name);
    case "start":
      return cluster.start(name);
    case "slow":
      return cluster.slow(name, read(controlSchemas.slow, body).latencyMs);
    default:
      throw new Refusal(404, `A node can be killed, stopped, frozen, thawed, started or slow, not ${what.action}`);
  }
}

/** Messages from nowhere, faster than any client: an offline queue overflows. */
async function flood(cluster: Cluster, asked: z.output<typeof controlSchemas.flood>): Promise<void> {
  const { topicName: topic, messages, payloadBytes, qos } = asked;
  const node = nodeNamed(cluster, asked.node);
  const problem = topicNameProblem(topic);
  if (problem) throw new Refusal(400, `topicName: ${problem}`);
  const payload = Buffer.alloc(payloadBytes, "x");
  for (let sent = 0; sent < messages; sent += 1)
    await cluster.core.publish(node, { topic, qos, payload, retain: false });
}

function nodeNamed(cluster: Cluster, name: string): string {
  if (cluster.find(name)) return name;
  const known = cluster.nodes.map(({ config }) => config.name).join(", ");
  throw new Refusal(404, `There is no node ${name}; there are ${known}`);
}

function read<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
  throw new Refusal(400, issues.join("; "));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "The body is not JSON");
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const { "content-length": length = "0", "transfer-encoding": chunked } = request.headers;
  if (chunked || Number(length) > MAX_BODY_BYTES) throw new Refusal(400, "The body is too long");
  return text(request);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
