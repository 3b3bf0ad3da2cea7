import { createServer } from "node:net";
import { embeddedParts } from "./embedded.mjs";

/**
 * Every port of the stack on one machine: the environment variable that chooses it, its default (all below 32768, where the
 * ephemeral range starts), whose it is, and the setting without which nothing listens there. PostgreSQL's is checked where it
 * starts, as a server left running there may be ours.
 * @type {Record<string, { port: number, of: string, only?: "object store" | "broker" | "fleet" | "haproxy" }>}
 */
export const PORTS = {
  CONSOLE_PORT: { port: 3000, of: "console" },
  PUBLISHER_PORT: { port: 3100, of: "publisher" },
  GATEWAY_PORT: { port: 3200, of: "gateway" },
  WORKER_PORT: { port: 3300, of: "worker" },
  SIMULATOR_PORT: { port: 3400, of: "practice fleet", only: "fleet" },
  OBJECT_STORE_PORT: { port: 9000, of: "object store", only: "object store" },
  SUB_1_MQTT_PORT: { port: 1883, of: "broker node sub-1, MQTT", only: "broker" },
  SUB_2_MQTT_PORT: { port: 1884, of: "broker node sub-2, MQTT", only: "broker" },
  PUB_1_MQTT_PORT: { port: 1885, of: "broker node pub-1, MQTT", only: "broker" },
  SUB_1_WS_PORT: { port: 8083, of: "broker node sub-1, WebSocket", only: "broker" },
  SUB_2_WS_PORT: { port: 8084, of: "broker node sub-2, WebSocket", only: "broker" },
  PUB_1_WS_PORT: { port: 8085, of: "broker node pub-1, WebSocket", only: "broker" },
  SUB_1_ADMIN_PORT: { port: 8888, of: "broker node sub-1, admin", only: "broker" },
  SUB_2_ADMIN_PORT: { port: 8889, of: "broker node sub-2, admin", only: "broker" },
  PUB_1_ADMIN_PORT: { port: 8890, of: "broker node pub-1, admin", only: "broker" },
  HAPROXY_MQTT_PORT: { port: 1880, of: "HAProxy, MQTT", only: "haproxy" },
  HAPROXY_MQTTS_PORT: { port: 8883, of: "HAProxy, MQTT over TLS", only: "haproxy" },
  HAPROXY_WS_PORT: { port: 8086, of: "HAProxy, WebSocket", only: "haproxy" },
  EMBEDDED_BROKER_CONTROL_PORT: { port: 8880, of: "broker's faults", only: "broker" },
};

const POSTGRES_PORT = 5433;

/**
 * The variables of PORTS that are used with this environment.
 * @param {import("./embedded.mjs").Env} env
 */
export function usedPorts(env) {
  const parts = embeddedParts(env);
  return Object.entries(PORTS).filter(([, { only }]) => only === undefined || parts[only]);
}

/**
 * The port in force for a variable of PORTS, or for POSTGRES_PORT.
 * @param {string} variable
 * @param {import("./embedded.mjs").Env} [env]
 * @returns {number}
 */
export function portOf(variable, env = process.env) {
  return Number(env[variable] || (PORTS[variable]?.port ?? POSTGRES_PORT));
}

/**
 * Whether nothing listens on the port of loopback now.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
