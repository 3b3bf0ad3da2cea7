import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Pool } from "pg";
import { DEFAULT_HOOKS } from "@/embedded-broker/hooks";
import { openDatabase, openPool, type Database } from "@/lib/db/database";
import { buildProcesses, processesAreCurrent } from "@/scripts/build.mjs";
import { openBrokerControl, type BrokerControl } from "@/simulator/broker-control";
import { openTokenIssuer, type TokenIssuer } from "@/simulator/device-token";
import type { BrokerAddress } from "@/simulator/network";
import { freePort } from "@/stack/free-port";
import { ensureIssuer, issuerFiles, PRACTICE_AUDIENCE, PRACTICE_ISSUER } from "@/stack/practice/issuer";
import { startDatabaseServer, type DatabaseServer } from "./database-server";
import { createProgram, type Program } from "./program";

export const SUBSCRIBER_NODES = ["sub-1", "sub-2"] as const;
export const PUBLISHER_NODE = "pub-1";
export const NODES = [...SUBSCRIBER_NODES, PUBLISHER_NODE] as const;
export type NodeName = (typeof NODES)[number];
export const GATEWAYS = ["gateway-a", "gateway-b"] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** How much of the real waiting is left out. */
export interface WorldTiming {
  /** Really 72. */
  freezeNoticedSeconds: number;
  /** Really 600. */
  sweepEverySeconds: number;
}

export const WORLD_TIMING: WorldTiming = { freezeNoticedSeconds: 12, sweepEverySeconds: 600 };

/**
 * The product between a broker and a database, all processes of their own: the embedded cluster of three nodes, two gateways
 * (sub-1 and pub-1 ask the first, sub-2 the second), the worker, PostgreSQL. Console, publisher and object store are not needed.
 */
export interface World {
  readonly folder: string;
  readonly db: Database;
  /** For looking while the database may stand still: no query waits longer than two seconds. */
  readonly looks: Pool;
  readonly postgres: DatabaseServer;
  readonly broker: Program;
  readonly gateways: Record<GatewayName, Program>;
  readonly worker: Program;
  readonly control: BrokerControl;
  /** Ways to the subscriber nodes. */
  readonly brokers: readonly BrokerAddress[];
  readonly issuer: TokenIssuer;
  readonly service: { url: string; username: string; password: string };
  /** Moves the hooks of a node to a gateway, while both run. */
  moveHooks: (node: NodeName, gateway: GatewayName) => Promise<void>;
  /** GET on a subscriber node's admin API. Throws unless it answers 200. */
  askAdmin: (node: NodeName, pathAndQuery: string) => Promise<unknown>;
  /** Restarts the worker with another rhythm of its rolling sweeps, unless it has it. */
  sweepEvery: (seconds: number) => Promise<void>;
  /** Ends every fault, however the case that made it ended. */
  mend: () => Promise<void>;
  close: () => Promise<void>;
}

const LOOK_LIMIT_MS = 2_000;

const secret = (): string => randomBytes(24).toString("base64url");
const HOME: Record<NodeName, GatewayName> = { "sub-1": "gateway-a", "sub-2": "gateway-b", "pub-1": "gateway-a" };

/** Builds the processes where they are not current, and starts everything in a folder of its own. */
export async function startWorld(timing: Partial<WorldTiming> = {}): Promise<World> {
  const { freezeNoticedSeconds, sweepEverySeconds } = { ...WORLD_TIMING, ...timing };
  if (!(await processesAreCurrent())) await buildProcesses();
  const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-scenarios-"));
  // as root the database server runs as another user, who must be able to pass
  await chmod(folder, 0o711);
  const logFolder = path.join(folder, "logs");
  await mkdir(logFolder);
  await ensureIssuer(folder);
  const postgres = await startDatabaseServer(folder);

  const nodes = await Promise.all(
    NODES.map(async (name) => ({
      name,
      role: name === PUBLISHER_NODE ? "publisher" : "subscriber",
      mqttPort: await freePort(),
      wsPort: await freePort(),
      httpPort: await freePort(),
    })),
  );
  const hookSecrets = Object.fromEntries(NODES.map((node) => [node, secret()]));
  const ports = { broker: await freePort(), worker: await freePort() };
  const gatewayPorts = { "gateway-a": await freePort(), "gateway-b": await freePort() };
  const apiKey = secret();
  const service = { username: "scenario-service", password: secret() };
  const portOf = (node: NodeName) => nodeOf(nodes, node);
  const hookUrl = (node: NodeName, gateway: GatewayName): string =>
    `http://127.0.0.1:${gatewayPorts[gateway]}/hooks/${node}/${hookSecrets[node]}`;

  const shared = {
    DATABASE_URL: postgres.url,
    BROKER_NODES: JSON.stringify(
      nodes.map(({ name, role, httpPort, mqttPort }) => ({
        name,
        role,
        adminUrl: `http://127.0.0.1:${httpPort}`,
        ...(role === "publisher" ? { mqttUrl: `mqtt://127.0.0.1:${mqttPort}` } : {}),
      })),
    ),
  };
  const program = (name: string, bundle: string, port: number, env: Record<string, string>): Program =>
    createProgram({ name, bundle, env, healthUrl: `http://127.0.0.1:${port}/healthz`, logFolder });
  const broker = program("embedded-broker", "embedded-broker", ports.broker, {
    EMBEDDED_BROKER_NODES: JSON.stringify(
      nodes.map((node) => ({ ...node, hooks: DEFAULT_HOOKS, hookUrl: hookUrl(node.name, HOME[node.name]) })),
    ),
    EMBEDDED_BROKER_API_KEYS: JSON.stringify([apiKey]),
    EMBEDDED_BROKER_CONTROL_PORT: String(ports.broker),
    EMBEDDED_BROKER_FREEZE_NOTICED_SECONDS: String(freezeNoticedSeconds),
  });
  const gateway = (name: GatewayName): Program =>
    program(name, "gateway", gatewayPorts[name], {
      ...shared,
      GATEWAY_NAME: name,
      GATEWAY_PORT: String(gatewayPorts[name]),
      HOOK_SECRETS: JSON.stringify(hookSecrets),
      SERVICE_CREDENTIALS: JSON.stringify([service]),
      DEVICE_JWKS_FILE: issuerFiles(folder).jwks,
      DEVICE_TOKEN_ISSUER: PRACTICE_ISSUER,
      PRACTICE: "1",
      DEVICE_TOKEN_AUDIENCE: PRACTICE_AUDIENCE,
    });
  const gateways = { "gateway-a": gateway("gateway-a"), "gateway-b": gateway("gateway-b") };
  const worker = program("worker", "worker", ports.worker, {
    ...shared,
    WORKER_PORT: String(ports.worker),
    BROKER_API_KEY: apiKey,
    // Nobody uploads a log here: the worker goes on without an object store, and says so in its readiness.
    S3_ENDPOINT: `http://127.0.0.1:${ports.worker}`,
    S3_REGION: "none",
    S3_BUCKET: "none",
    S3_ACCESS_KEY_ID: "none",
    S3_SECRET_ACCESS_KEY: "none",
  });
  const db = openDatabase({ url: postgres.url, connections: 4, applicationName: "liveconnect-scenarios" });
  const looks = openPool({
    url: postgres.url,
    connections: 2,
    applicationName: "liveconnect-scenarios-looks",
    connectTimeoutMs: LOOK_LIMIT_MS,
    queryTimeoutMs: LOOK_LIMIT_MS,
  });
  let sweepSeconds = sweepEverySeconds;
  const startWorker = (): Promise<void> => worker.start({ SWEEP_EVERY_SECONDS: String(sweepSeconds) });

  await Promise.all([gateways["gateway-a"].start(), gateways["gateway-b"].start()]);
  await Promise.all([broker.start(), startWorker()]);

  const control = openBrokerControl(`http://127.0.0.1:${ports.broker}`);

  return {
    folder,
    db,
    looks,
    postgres,
    broker,
    gateways,
    worker,
    service: { ...service, url: `mqtt://127.0.0.1:${portOf(PUBLISHER_NODE).mqttPort}` },
    control,
    brokers: SUBSCRIBER_NODES.map((node) => ({ node, url: `mqtt://127.0.0.1:${portOf(node).mqttPort}` })),
    issuer: await openTokenIssuer({
      keyFile: issuerFiles(folder).privateKey,
      issuer: PRACTICE_ISSUER,
      audience: PRACTICE_AUDIENCE,
      now: Date.now,
    }),
    moveHooks: (node, to) => control.registerHooks(node, { url: hookUrl(node, to) }),
    askAdmin: async (node, pathAndQuery) => {
      const url = `http://127.0.0.1:${portOf(node).httpPort}${pathAndQuery}`;
      const response = await fetch(url, { headers: { "x-api-key": apiKey }, signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`${node} answered ${response.status} to ${pathAndQuery}`);
      return response.json();
    },
    sweepEvery: async (seconds) => {
      if (seconds === sweepSeconds) return;
      sweepSeconds = seconds;
      await worker.stop();
      await startWorker();
    },
    mend: async () => {
      await postgres.mend();
      for (const name of GATEWAYS) {
        gateways[name].thaw();
        if (!gateways[name].isRunning) await gateways[name].start();
      }
      for (const node of NODES) {
        await control.actOnNode(node, "thaw");
        await control.actOnNode(node, "start");
        await control.registerHooks(node, { url: hookUrl(node, HOME[node]), hooks: DEFAULT_HOOKS });
      }
      await control.setHookFaults({});
      await control.healNet();
      await control.setReceiver(true);
      await control.allowRegisterDuringNetsplit(true);
      await control.setExpiration(0);
    },
    close: async () => {
      await Promise.all([worker.stop(), broker.stop(), gateways["gateway-a"].stop(), gateways["gateway-b"].stop()]);
      await Promise.all([db.close(), looks.end()]);
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function nodeOf<N extends { name: NodeName }>(nodes: readonly N[], name: NodeName): N {
  const found = nodes.find((node) => node.name === name);
  if (!found) throw new Error(`There is no node ${name}`);
  return found;
}
