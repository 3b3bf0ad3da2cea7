import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeApiKey } from "@/lib/access/api-keys";
import { ROLES, type Role } from "@/lib/rbac/permissions";

/** Names of the embedded broker's nodes; two that devices reach and one for services. */
export const SUBSCRIBER_NODES = ["sub-1", "sub-2"] as const;
export const PUBLISHER_NODE = "pub-1" as const;
export type NodeName = (typeof SUBSCRIBER_NODES)[number] | typeof PUBLISHER_NODE;

export interface Secrets {
  nextauthSecret: string;
  /** Of the embedded database's owner, who migrates it. */
  postgresPassword: string;
  /** Of the role that the processes connect to it as. */
  applicationPassword: string;
  /** One a broker node, the last word of its hook URL. */
  hookSecrets: Record<NodeName, string>;
  brokerApiKey: string;
  /** Of the service user that connects to publisher nodes. */
  servicePassword: string;
  s3AccessKeyId: string;
  s3SecretAccessKey: string;
  /** One a practice operator; short enough to type. */
  operatorPasswords: Record<Role, string>;
  /** The practice fleet's key of the publisher's API. */
  practiceApiKey: string;
  /** Seals secrets in the database: 32 bytes in base64. */
  sealingKey: string;
}

const FILE = "secrets.json";
// Without letters and digits that look alike.
const TYPED = "abcdefghjkmnpqrstuvwxyz23456789";

/** Reads the folder's secrets, making those that are missing: later versions may need more. Only its owner can read the file. */
export function ensureSecrets(dataFolder: string): Secrets {
  const file = path.join(dataFolder, FILE);
  const known = readKnown(file);
  const secrets: Secrets = { ...generateSecrets(), ...known };
  if (Object.keys(known).length === Object.keys(secrets).length) return secrets;
  mkdirSync(dataFolder, { recursive: true });
  const written = `${file}.${process.pid}`;
  writeFileSync(written, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(written, file);
  return secrets;
}

/** Where the second engineer signs in, who approves what the first sends to many; with the same password. */
export const SECOND_ENGINEER = "engineer-2@practice.local";

/** The address a practice operator of a role signs in with. */
export const practiceEmail = (role: Role): string => `${role}@practice.local`;

function readKnown(file: string): Partial<Secrets> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return {};
  }
  return JSON.parse(text) as Partial<Secrets>;
}

function generateSecrets(): Secrets {
  return {
    nextauthSecret: random(),
    postgresPassword: random(),
    applicationPassword: random(),
    hookSecrets: { "sub-1": random(), "sub-2": random(), "pub-1": random() },
    brokerApiKey: random(),
    servicePassword: random(),
    s3AccessKeyId: randomBytes(10).toString("hex").toUpperCase(),
    s3SecretAccessKey: random(),
    operatorPasswords: Object.fromEntries(ROLES.map((role) => [role, typedPassword()])) as Record<Role, string>,
    practiceApiKey: makeApiKey(),
    sealingKey: randomBytes(32).toString("base64"),
  };
}

const random = (): string => randomBytes(32).toString("base64url");

/** Three groups of four: 59 bits. */
function typedPassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => TYPED.charAt(randomInt(TYPED.length))).join("");
  return [group(), group(), group()].join("-");
}
