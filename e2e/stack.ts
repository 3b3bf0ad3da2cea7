import { readFileSync } from "node:fs";
import path from "node:path";
import type { Role } from "@/lib/rbac/permissions";
import { PORTS } from "@/stack/ports.mjs";
import { signDeviceToken, type DeviceTokenClaims } from "@/stack/practice/issuer";
import { practiceEmail, SECOND_ENGINEER, type Secrets } from "@/stack/secrets";

/**
 * The running stack as the specs see it. It stands on ports of its own, `E2E_PORT_OFFSET` (10 000) above the defaults, with
 * a throw-away data folder; against a stack that runs already: E2E_DATA_FOLDER=.data E2E_PORT_OFFSET=0 npm run test:e2e
 */

const OFFSET = Number(process.env.E2E_PORT_OFFSET ?? 10_000);
const at = (port: number): number => port + OFFSET;

/** Nothing of the stack: a spec's own mail server. */
export const mailPort = at(2525);

/** Nothing of the stack: a spec's own identity provider. */
export const identityProviderPort = at(8095);

/** The environment that puts a stack on these ports, with a fleet small enough not to be in the way. */
export const stackEnvironment = (dataFolder: string): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(PORTS).map(([variable, { port }]) => [variable, String(at(port))])),
  POSTGRES_PORT: String(at(5433)),
  DATA_FOLDER: dataFolder,
  FLEET_DEVICES: "12",
  // So that a send to most of the fleet needs a second operator.
  SEND_APPROVAL_ABOVE: "5",
  // Where alerts.spec.ts receives mail.
  SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
  // Where oidc.spec.ts signs in; nobody asks for it before.
  OIDC_ISSUER: `http://127.0.0.1:${identityProviderPort}`,
  OIDC_CLIENT_SECRET: "a secret between the console and its provider",
  OIDC_NAME: "Practice ID",
  OIDC_ROLES: JSON.stringify({ sre: "oncall" }),
});

/** Where each part answers. */
export const addresses = {
  console: `http://localhost:${at(3000)}`,
  publisher: `http://127.0.0.1:${at(3100)}`,
  gateway: `http://127.0.0.1:${at(3200)}`,
  worker: `http://127.0.0.1:${at(3300)}`,
  objectStore: `http://127.0.0.1:${at(9000)}`,
  /** Admin HTTP of the first node. */
  brokerAdmin: `http://127.0.0.1:${at(8888)}`,
  faults: `http://127.0.0.1:${at(8880)}`,
  /** TCP ports of MQTT listeners on 127.0.0.1: two nodes for devices, one for services only. */
  mqttPorts: { "sub-1": at(1883), "sub-2": at(1884), "pub-1": at(1885) },
};

/** The stack's data folder. Throws outside a run of the end-to-end tests. */
export function dataFolder(): string {
  const folder = process.env.E2E_DATA_FOLDER;
  if (!folder) throw new Error("There is no stack: the specs run by `npm run test:e2e`, which starts one.");
  return path.resolve(folder);
}

/** Everything the stack generated for itself, e.g. `practiceApiKey` for the publisher's API. */
export const secrets = (): Secrets =>
  JSON.parse(readFileSync(path.join(dataFolder(), "secrets.json"), "utf8")) as Secrets;

/** The embedded database as its owner, for what only time would bring about. */
export const databaseUrl = (): string =>
  `postgresql://liveconnect:${encodeURIComponent(secrets().postgresPassword)}@127.0.0.1:${at(5433)}/liveconnect`;

/** How a practice operator of a role signs in. */
export const operator = (role: Role): { email: string; password: string } => ({
  email: practiceEmail(role),
  password: secrets().operatorPasswords[role],
});

/** A second engineer, who approves what the first sends to many. */
export const secondEngineer = (): { email: string; password: string } => ({
  email: SECOND_ENGINEER,
  password: secrets().operatorPasswords.engineer,
});

/** A device's access token of the practice issuer. */
export const deviceToken = (claims: DeviceTokenClaims): Promise<string> => signDeviceToken(dataFolder(), claims);
