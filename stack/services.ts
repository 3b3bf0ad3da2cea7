import path from "node:path";
import { environmentOf, consoleUrl, type Prepared, type ProcessName } from "./environment";
import { REQUEST_NODE_ARGUMENTS } from "./node-arguments";
import { nodeService } from "./node-process";
import { portOf } from "./ports.mjs";
import type { Service } from "./supervise";

export interface ServicesOptions extends Prepared {
  mode: "start" | "dev";
  onError: (name: ProcessName, message: string) => void;
}

/** Whose health is asked where, and what is shown. */
const ADDRESS: Record<ProcessName, () => { url: string; healthUrl: string }> = {
  "object-store": () => at("OBJECT_STORE_PORT"),
  "embedded-broker": () => ({
    ...at("EMBEDDED_BROKER_CONTROL_PORT"),
    url: `mqtt://127.0.0.1:${portOf("SUB_1_MQTT_PORT")}`,
  }),
  gateway: () => at("GATEWAY_PORT"),
  publisher: () => at("PUBLISHER_PORT"),
  worker: () => at("WORKER_PORT"),
  console: () => ({ healthUrl: `${at("CONSOLE_PORT").url}/api/healthz`, url: consoleUrl() }),
  simulator: () => at("SIMULATOR_PORT"),
};

/**
 * The processes of the product in the order they start; those of one inner list start together. No process needs another to
 * start: the order only spares the log the first seconds' complaints.
 */
export function listServices(options: ServicesOptions): Service[][] {
  const { parts } = options;
  const waves: (ProcessName | false)[][] = [
    [parts["object store"] && "object-store", "gateway"],
    [parts.broker && "embedded-broker"],
    ["publisher", "worker", "console"],
    [parts.fleet && "simulator"],
  ];
  return waves.map((wave) => wave.filter((name) => name !== false).map((name) => serviceOf(name, options)));
}

/** The service's log file. */
export const logFileOf = (dataFolder: string, name: string): string => path.join(dataFolder, "logs", `${name}.log`);

function serviceOf(name: ProcessName, options: ServicesOptions): Service {
  return nodeService({
    name,
    ...ADDRESS[name](),
    args: argsOf(name, options.mode),
    env: { ...environmentOf(name, options), NODE_ENV: options.mode === "dev" ? "development" : "production" },
    logFile: logFileOf(options.dataFolder, name),
    onError: (message) => options.onError(name, message),
  });
}

/** What answers requests all day. */
const ANSWERING: ReadonlySet<ProcessName> = new Set(["gateway", "publisher", "console"]);

function argsOf(name: ProcessName, mode: "start" | "dev"): string[] {
  const nodeArguments = ANSWERING.has(name) ? REQUEST_NODE_ARGUMENTS : [];
  return [...nodeArguments, ...(name === "console" ? nextArgs(mode) : [`dist/${name}.js`])];
}

function nextArgs(mode: "start" | "dev"): string[] {
  const host = process.env.CONSOLE_HOST || "127.0.0.1";
  const port = String(portOf("CONSOLE_PORT"));
  return ["node_modules/next/dist/bin/next", mode, "--hostname", host, "--port", port];
}

function at(variable: string): { url: string; healthUrl: string } {
  const url = `http://127.0.0.1:${portOf(variable)}`;
  return { url, healthUrl: `${url}/healthz` };
}
