import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { API_KEY, startTestCluster } from "../test-cluster";

/** A broker known from outside only, by HTTP and MQTT: the embedded one, or a real VerneMQ cluster of two nodes or more. */
export interface Target {
  isReal: boolean;
  /** True seconds a broker's second takes here. */
  secondMs: number;
  mqttUrls: readonly string[];
  /** GET with the key, on one node; `headers` in place of the key. */
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  apiKey: string;
  /** Rejects with the CONNACK's code. */
  connect: (node: 0 | 1, options: IClientOptions) => Promise<MqttClient>;
  /** A client that is still connecting, to be listened to from the first packet on. */
  connectLater: (node: 0 | 1, options: IClientOptions) => MqttClient;
  close: () => Promise<void>;
}

/**
 * VERNEMQ_URL (a node's admin URL), VERNEMQ_MQTT_URLS (a JSON array, one of each node) and VERNEMQ_API_KEY choose a real one, with
 * VERNEMQ_USERNAME and VERNEMQ_PASSWORD where it asks for them.
 */
export async function openTarget(): Promise<Target> {
  const { VERNEMQ_URL: url, VERNEMQ_MQTT_URLS: urls, VERNEMQ_API_KEY: apiKey } = process.env;
  if (url && urls && apiKey) {
    const mqttUrls = JSON.parse(urls) as string[];
    return targetOf({ isReal: true, secondMs: 1_000, adminUrl: url, mqttUrls, apiKey, stop: async () => {} });
  }
  const broker = await startTestCluster({ nodes: 3, timeScale: 5 });
  const mqttUrls = (["n1", "n2"] as const).map((name) => `mqtt://127.0.0.1:${broker.node(name).mqttPort}`);
  const adminUrl = `http://127.0.0.1:${broker.node("n1").httpPort}`;
  return targetOf({ isReal: false, secondMs: 200, adminUrl, mqttUrls, apiKey: API_KEY, stop: broker.close });
}

function targetOf(parts: {
  isReal: boolean;
  secondMs: number;
  adminUrl: string;
  mqttUrls: string[];
  apiKey: string;
  stop: () => Promise<void>;
}): Target {
  const { adminUrl, mqttUrls, apiKey, stop, isReal, secondMs } = parts;
  const clients: MqttClient[] = [];
  const connectLater: Target["connectLater"] = (node, options) => {
    const client = mqtt.connect(mqttUrls[node] ?? "", {
      protocolVersion: 4,
      reconnectPeriod: 0,
      keepalive: 0,
      username: process.env.VERNEMQ_USERNAME ?? "outside",
      password: process.env.VERNEMQ_PASSWORD,
      ...options,
    });
    client.on("error", () => {});
    clients.push(client);
    return client;
  };
  return {
    isReal,
    secondMs,
    mqttUrls,
    apiKey,
    connectLater,
    get: (path, headers = { "x-api-key": apiKey }) => fetch(`${adminUrl.replace(/\/$/, "")}${path}`, { headers }),
    connect: (node, options) => {
      const client = connectLater(node, options);
      return new Promise((resolve, reject) => {
        client.once("connect", () => resolve(client));
        client.once("error", reject);
        client.once("close", () => reject(new Error("closed")));
      });
    },
    close: async () => {
      for (const client of clients) client.end(true);
      await stop();
    },
  };
}
