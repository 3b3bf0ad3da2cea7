import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { nodePort } from "../environment";
import { portOf } from "../ports.mjs";
import { SUBSCRIBER_NODES } from "../secrets";
import type { Service } from "../supervise";
import { ensureCertificate } from "./certificate";
import { haproxyConfig } from "./haproxy-config";
import { ensureHaproxy } from "./haproxy-program";
import { haproxyService } from "./haproxy-service";

/**
 * HAProxy before the subscriber nodes, ready to start: the program, a certificate, and the configuration written anew to
 * `haproxy.cfg` in the data folder. Throws saying what is missing.
 */
export async function prepareHaproxy({
  dataFolder,
  logFile,
}: {
  dataFolder: string;
  logFile: string;
}): Promise<Service> {
  const program = await ensureHaproxy();
  const folder = path.join(dataFolder, "tls");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { pem: pemFile } = await ensureCertificate(folder);
  const ports = {
    mqtt: portOf("HAPROXY_MQTT_PORT"),
    mqtts: portOf("HAPROXY_MQTTS_PORT"),
    ws: portOf("HAPROXY_WS_PORT"),
  };
  const nodes = SUBSCRIBER_NODES.map((name) => ({
    name,
    mqttPort: nodePort(name, "MQTT"),
    wsPort: nodePort(name, "WS"),
    adminPort: nodePort(name, "ADMIN"),
  }));
  const configFile = path.join(dataFolder, "haproxy.cfg");
  const socketFile = path.join(dataFolder, "haproxy.sock");
  writeFileSync(configFile, haproxyConfig({ nodes, ports, pemFile, socketFile }), { mode: 0o600 });
  return haproxyService({ program, configFile, port: ports.mqtt, logFile });
}
