import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { GatewayEnv } from "./env";

/** Why a connection was ended before a request of it was read. */
export type ConnectionRefusal = "address" | "handshake";

export type OnRefused = (reason: ConnectionRefusal, address: string | undefined) => void;

// Longer than the broker's pool keeps a connection (hackney: 60 s), so that the broker is the one to close it.
const KEEP_ALIVE_MS = 120_000;
/** How a server of node:http keeps the broker's connections. */
export const KEPT = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: KEEP_ALIVE_MS + 5_000 };
// The broker gives up a hook after 5 s.
const HANDSHAKE_MS = 5_000;

/**
 * Listens at GATEWAY_HOOKS_PORT for the hooks alone: by TLS where a certificate is configured, for brokers with a certificate of the
 * client CA where one is, and for the allowed networks. All of it is asked once a connection, never of a request, so that a hook costs
 * what it cost (bench/hooks.bench.ts). Null without that port. Throws when a file cannot be read or is not what it should be.
 */
export async function startHookServer(
  env: GatewayEnv,
  hooks: RequestListener,
  onRefused: OnRefused,
): Promise<{ close: () => Promise<void> } | null> {
  if (env.GATEWAY_HOOKS_PORT === undefined) return null;
  const tls = await readTls(env);
  const server = tls ? createTlsServer({ ...KEPT, ...tls }, hooks) : createServer(KEPT, hooks);
  guard(server, env, onRefused);
  const listening = { host: env.GATEWAY_HOST, port: env.GATEWAY_HOOKS_PORT };
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(listening, resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function guard(server: Server, env: GatewayEnv, onRefused: OnRefused): void {
  const isAllowed = env.GATEWAY_ALLOWED_NETWORKS;
  server.on("tlsClientError", (_error, socket: Socket) => onRefused("handshake", socket.remoteAddress));
  if (!isAllowed) return;
  server.prependListener("connection", (socket: Socket) => {
    if (isAllowed(socket.remoteAddress)) return;
    onRefused("address", socket.remoteAddress);
    socket.destroy();
  });
}

async function readTls(env: GatewayEnv) {
  const { GATEWAY_TLS_CERT_FILE: cert, GATEWAY_TLS_KEY_FILE: key, GATEWAY_TLS_CLIENT_CA_FILE: ca } = env;
  if (cert === undefined || key === undefined) return null;
  const server = { cert: await readFile(cert), key: await readFile(key), handshakeTimeout: HANDSHAKE_MS };
  return ca === undefined ? server : { ...server, ca: await readFile(ca), requestCert: true, rejectUnauthorized: true };
}
