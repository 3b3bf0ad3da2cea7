import path from "node:path";
import type { EmbeddedParts } from "./embedded.mjs";
import { portOf } from "./ports.mjs";
import { issuerFiles, PRACTICE_AUDIENCE, PRACTICE_ISSUER } from "./practice/issuer";
import { PUBLISHER_NODE, SUBSCRIBER_NODES, type NodeName, type Secrets } from "./secrets";

export type ProcessName =
  "object-store" | "embedded-broker" | "gateway" | "publisher" | "worker" | "console" | "simulator";

type Variables = Readonly<Record<string, string>>;

const SERVICE_USER = "liveconnect-publisher";
const BUCKET = "liveconnect-logs";
const LOOPBACK = "http://127.0.0.1";

/** Where operators reach the console. */
export const consoleUrl = (): string => process.env.NEXTAUTH_URL || `http://localhost:${portOf("CONSOLE_PORT")}`;

/**
 * The environment of each process: what was given to us, over the embedded defaults of what that process reads
 * (.env.example), so that no process is handed a secret it has no use for.
 */
export function environmentOf(
  name: ProcessName,
  { secrets, databaseUrl, dataFolder, parts }: Prepared,
): Record<string, string | undefined> {
  const database = { DATABASE_URL: databaseUrl };
  const nodes = { BROKER_NODES: JSON.stringify(brokerNodes()) };
  // One machine: receivers of webhooks may stand beside us.
  const sealing = { SEALING_KEY: secrets.sealingKey };
  const webhooks = { ...sealing, WEBHOOK_ALLOWED_HOSTS: "127.0.0.1,localhost" };
  const deviceTokens = { DEVICE_TOKEN_ISSUER: PRACTICE_ISSUER, DEVICE_TOKEN_AUDIENCE: PRACTICE_AUDIENCE };
  const objects = {
    S3_ENDPOINT: `${LOOPBACK}:${portOf("OBJECT_STORE_PORT")}`,
    S3_REGION: "us-east-1",
    S3_BUCKET: BUCKET,
    S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
    S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
  };
  const defaults: Record<ProcessName, Variables> = {
    "object-store": { ...objects, OBJECT_STORE_FOLDER: path.join(dataFolder, "objects") },
    "embedded-broker": {
      EMBEDDED_BROKER_NODES: JSON.stringify(embeddedNodes(secrets, parts)),
      EMBEDDED_BROKER_API_KEYS: JSON.stringify([secrets.brokerApiKey]),
    },
    gateway: {
      ...database,
      ...nodes,
      ...(process.env.DEVICE_JWKS_URL
        ? {}
        : { DEVICE_JWKS_FILE: issuerFiles(dataFolder).jwks, PRACTICE: "1", ...deviceTokens }),
      HOOK_SECRETS: JSON.stringify(secrets.hookSecrets),
      SERVICE_CREDENTIALS: JSON.stringify([{ username: SERVICE_USER, password: secrets.servicePassword }]),
    },
    publisher: {
      ...database,
      ...nodes,
      ...sealing,
      PUBLISHER_USERNAME: SERVICE_USER,
      PUBLISHER_PASSWORD: secrets.servicePassword,
    },
    worker: {
      ...database,
      ...nodes,
      ...objects,
      ...webhooks,
      BROKER_API_KEY: secrets.brokerApiKey,
      CONSOLE_URL: consoleUrl(),
    },
    console: {
      ...database,
      ...nodes,
      ...objects,
      ...webhooks,
      BROKER_API_KEY: secrets.brokerApiKey,
      NEXTAUTH_URL: consoleUrl(),
      NEXTAUTH_SECRET: secrets.nextauthSecret,
      PUBLISHER_URL: `${LOOPBACK}:${portOf("PUBLISHER_PORT")}`,
      LOG_CACHE_FOLDER: path.join(dataFolder, "log-cache"),
    },
    simulator: {
      ...deviceTokens,
      FLEET_BROKER_URLS: JSON.stringify(deviceUrls(parts)),
      FLEET_ISSUER_KEY_FILE: issuerFiles(dataFolder).privateKey,
      FLEET_PUBLISHER_URL: `${LOOPBACK}:${portOf("PUBLISHER_PORT")}`,
      FLEET_API_KEY: secrets.practiceApiKey,
      FLEET_LOG_FOLDER: path.join(dataFolder, "fleet"),
    },
  };
  return { ...defaults[name], ...given(), ...(name === "console" ? practiceOf(parts) : {}) };
}

/** Practice accounts sign in wherever they are made; that nobody is real is said only where the phones are the fleet's. */
const practiceOf = ({ practice, fleet }: EmbeddedParts): Variables => ({
  PRACTICE: practice ? "1" : "0",
  PRACTICE_FLEET: fleet ? "1" : "0",
});

/** What the environments are made from, once the parts below the processes are up. */
export interface Prepared {
  secrets: Secrets;
  databaseUrl: string;
  dataFolder: string;
  parts: EmbeddedParts;
}

// Empty means absent, as everywhere (lib/env): it must not hide a default. Who owns the database is for nobody who runs on it.
function given(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name, value]) => value !== "" && name !== "DATABASE_OWNER_URL"),
  );
}

/** Where devices connect. */
const deviceUrls = ({ haproxy }: EmbeddedParts): string[] =>
  haproxy
    ? [`mqtt://127.0.0.1:${portOf("HAPROXY_MQTT_PORT")}`]
    : SUBSCRIBER_NODES.map((node) => `mqtt://127.0.0.1:${nodePort(node, "MQTT")}`);

function brokerNodes(): unknown[] {
  const adminUrl = (node: NodeName): string => `${LOOPBACK}:${nodePort(node, "ADMIN")}`;
  return [
    ...SUBSCRIBER_NODES.map((name) => ({ name, role: "subscriber", adminUrl: adminUrl(name) })),
    {
      name: PUBLISHER_NODE,
      role: "publisher",
      adminUrl: adminUrl(PUBLISHER_NODE),
      mqttUrl: `mqtt://127.0.0.1:${nodePort(PUBLISHER_NODE, "MQTT")}`,
    },
  ];
}

function embeddedNodes({ hookSecrets }: Secrets, { haproxy }: EmbeddedParts): unknown[] {
  return ([...SUBSCRIBER_NODES, PUBLISHER_NODE] as const).map((name) => ({
    name,
    role: name === PUBLISHER_NODE ? "publisher" : "subscriber",
    mqttPort: nodePort(name, "MQTT"),
    wsPort: nodePort(name, "WS"),
    httpPort: nodePort(name, "ADMIN"),
    // Behind the balancer nobody else is let in, as a header tells who the device is.
    proxyProtocol: haproxy && name !== PUBLISHER_NODE,
    hookUrl: `${LOOPBACK}:${portOf("GATEWAY_PORT")}/hooks/${name}/${hookSecrets[name]}`,
  }));
}

/** "sub-1", "MQTT" → the port in force for SUB_1_MQTT_PORT. */
export function nodePort(node: NodeName, what: "MQTT" | "WS" | "ADMIN"): number {
  return portOf(`${node.toUpperCase().replace("-", "_")}_${what}_PORT`);
}
