import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort } from "@/stack/free-port";
import { REQUEST_NODE_ARGUMENTS } from "@/stack/node-arguments";
import { serveProcess, type ServedProcess } from "../served-process";

export interface Served extends ServedProcess {
  port: number;
}

/** Starts bench/gateway/served.ts: a gateway as `npm start` runs it, or what does nothing but answer. */
export async function serve(what: "no-op" | "gateway", env: Record<string, string> = {}): Promise<Served> {
  const port = await freePort();
  const served = await serveProcess({
    entry: "gateway/served.ts",
    args: [what],
    nodeArguments: REQUEST_NODE_ARGUMENTS,
    env: { GATEWAY_PORT: String(port), ...env },
  });
  return { ...served, port };
}

/** The issuer of a bench: RS256 with 2 048 bits, as most identity providers; or ES256, where many tokens have to be made. */
export interface Issuer {
  jwksFile: string;
  tokenOf: (personId: string, tokenId?: number) => string;
}

const ISSUER = "https://id.bench";

export async function createIssuer(folder: string, algorithm: "RS256" | "ES256" = "RS256"): Promise<Issuer> {
  const { privateKey, publicKey } =
    algorithm === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2_048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwksFile = path.join(folder, "jwks.json");
  await writeFile(
    jwksFile,
    JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: algorithm }] }),
  );
  return { jwksFile, tokenOf: (personId, tokenId = 0) => signed(privateKey, algorithm, claimsOf(personId, tokenId)) };
}

const claimsOf = (personId: string, tokenId: number) => ({
  iss: ISSUER,
  aud: "liveconnect",
  sub: personId,
  jti: String(tokenId),
  name: "Siti Contoh",
  phone_number: "+6281200001234",
  platform: "android",
  app_version: "12.4.1",
  device_model: "Redmi Note 13",
  scope: "openid profile",
  exp: Math.floor(Date.now() / 1_000) + 86_400,
});

function signed(key: KeyObject, algorithm: string, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ alg: algorithm, kid: "k", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${sign("SHA256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** A gateway before a database, with the nodes named; gives the path of each node's hooks. */
export function gatewayEnvironment(options: {
  databaseUrl: string;
  issuer: Issuer;
  nodes: readonly string[];
  name?: string;
}): {
  env: Record<string, string>;
  pathOf: (node: string) => string;
} {
  const secrets = Object.fromEntries(options.nodes.map((node) => [node, randomBytes(24).toString("base64url")]));
  const env = {
    DATABASE_URL: options.databaseUrl,
    GATEWAY_NAME: options.name ?? "gw-bench",
    BROKER_NODES: JSON.stringify(
      options.nodes.map((name) => ({ name, role: "subscriber", adminUrl: "http://127.0.0.1:1" })),
    ),
    HOOK_SECRETS: JSON.stringify(secrets),
    DEVICE_JWKS_FILE: options.issuer.jwksFile,
    DEVICE_TOKEN_ISSUER: ISSUER,
    DEVICE_TOKEN_AUDIENCE: "liveconnect",
    // A thousand clients stand for a fleet, and connect more often than phones do.
    CONNECTS_PER_CLIENT: "1000000000",
  };
  return { env, pathOf: (node) => `/hooks/${node}/${secrets[node]}` };
}

export const connectBody = (clientId: string, token: string, peerPort = 58_992) => ({
  peer_addr: "127.0.0.1",
  peer_port: peerPort,
  mountpoint: "",
  client_id: clientId,
  username: token,
  password: null,
  clean_session: false,
});
export const sessionBody = (clientId: string) => ({ mountpoint: "", client_id: clientId });
export const registerBody = (clientId: string, username: string) => ({
  peer_addr: "127.0.0.1",
  peer_port: 58_992,
  mountpoint: "",
  client_id: clientId,
  username,
});
