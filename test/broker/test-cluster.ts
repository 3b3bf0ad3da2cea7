import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { createClock } from "@/embedded-broker/clock";
import type { Cluster } from "@/embedded-broker/cluster";
import { nodeConfigSchema, type NodeConfig } from "@/embedded-broker/env";
import { IMITATED_HOOKS } from "@/embedded-broker/hooks";
import type { controlState } from "@/embedded-broker/control-state";
import { listenControl } from "@/embedded-broker/control";
import { startCluster, type ClusterOptions } from "@/embedded-broker/start-cluster";
import { createLog } from "@/lib/log/log";
import { freePort } from "../free-port";
import { startHookReceiver, type HookReceiver } from "./hook-receiver";

export const API_KEY = "example-api-key-0001";

export type ControlState = ReturnType<typeof controlState> & { error?: string };
export type NodeName = "n1" | "n2" | "n3";

export interface TestClusterOptions extends Partial<
  Pick<ClusterOptions, "seed" | "tls" | "netsplitRules" | "persistentExpirationMs">
> {
  /** How many nodes; the last is a publisher node. Default 2. */
  nodes?: 1 | 2 | 3;
  timeScale?: number;
  /** Over the configuration of every node. */
  config?: Partial<NodeConfig>;
  /** With a port for TLS on every node; give `tls` too. */
  tlsPorts?: boolean;
}

/** A broker of its own for one test: nodes n1, n2 and perhaps n3, all hooks registered, and their receiver. */
export interface TestCluster {
  cluster: Cluster;
  hooks: HookReceiver;
  node: (name: NodeName) => NodeConfig;
  /** Connects by MQTT 3.1.1; rejects with the CONNACK's code when refused. It never reconnects. */
  connect: (node: NodeName, options: IClientOptions) => Promise<MqttClient>;
  /** A client that is still connecting, for what must be listened to from the first packet on. */
  connectLater: (node: NodeName, options: IClientOptions) => MqttClient;
  /** Asks the control port; answers what it says then. */
  control: (request: string, body?: unknown) => Promise<{ status: number; state: ControlState }>;
  /** GET on a node's admin port, with the key. */
  get: (node: NodeName, path: string, headers?: Record<string, string>) => Promise<Response>;
  close: () => Promise<void>;
}

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { nodes: count = 2, timeScale = 1, config = {}, tlsPorts = false, ...others } = options;
  const hooks = await startHookReceiver();
  const { cluster, nodes } = await startOnFreePorts(async () => {
    const made: NodeConfig[] = [];
    for (let index = 1; index <= count; index += 1) {
      const node = await testNode(`n${index}`, index === count ? "publisher" : "subscriber", hooks);
      made.push({ ...node, ...(tlsPorts ? { tlsPort: await freePort() } : {}), ...config });
    }
    const started = await startCluster({
      host: "127.0.0.1",
      nodes: made,
      apiKeys: [API_KEY],
      log: createLog("embedded-broker-test"),
      clock: createClock({ timeScale }),
      ...others,
    });
    return { cluster: started, nodes: made };
  });
  const controlPort = await freePort();
  const control = await listenControl({ port: controlPort, cluster, log: createLog("embedded-broker-test") });
  const clients: MqttClient[] = [];
  const node = (name: string): NodeConfig => {
    const found = nodes.find((config) => config.name === name);
    if (!found) throw new Error(`No node ${name}`);
    return found;
  };
  const connectLater: TestCluster["connectLater"] = (name, options) => {
    const { mqttPort, wsPort } = node(name);
    const url = options.protocol === "ws" ? `ws://127.0.0.1:${wsPort}/mqtt` : `mqtt://127.0.0.1:${mqttPort}`;
    const client = mqtt.connect(url, {
      protocolVersion: 4,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      // A keep alive passes as fast as all other waits, and mqtt.js's pings do not.
      ...(timeScale > 1 ? { keepalive: 0 } : {}),
      ...options,
    });
    client.on("error", () => {});
    clients.push(client);
    return client;
  };
  return {
    cluster,
    hooks,
    node,
    connectLater,
    connect: async (name, options) => {
      const client = connectLater(name, options);
      await connected(client);
      return client;
    },
    get: (name, path, headers = { "x-api-key": API_KEY }) =>
      fetch(`http://127.0.0.1:${node(name).httpPort}${path}`, { headers }),
    control: async (asked, body) => {
      const [method, path] = asked.split(" ");
      const response = await fetch(`http://127.0.0.1:${controlPort}${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: response.status, state: (await response.json()) as ControlState };
    },
    close: async () => {
      for (const client of clients) client.end(true);
      control.close();
      await cluster.close();
      await hooks.close();
    },
  };
}

export async function testNode(
  name: string,
  role: "subscriber" | "publisher",
  hooks: { urlOf: (node: string) => string },
): Promise<NodeConfig> {
  return nodeConfigSchema.parse({
    name,
    role,
    mqttPort: await freePort(),
    wsPort: await freePort(),
    httpPort: await freePort(),
    hookUrl: hooks.urlOf(name),
    hooks: [...IMITATED_HOOKS],
  });
}

/** A port that was free may be taken before we listen there: another test runs beside this one. */
async function startOnFreePorts<T>(start: () => Promise<T>, tries = 3): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (tries > 1 && error instanceof Error && error.message.includes("is in use"))
      return startOnFreePorts(start, tries - 1);
    throw error;
  }
}

/** Rejects with the CONNACK's error, or with "closed" when the broker closed the connection without one. */
function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve());
    client.on("error", reject);
    client.once("close", () => reject(new Error("closed")));
  });
}
