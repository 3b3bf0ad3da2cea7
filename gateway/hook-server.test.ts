import { request as requestHttp, type RequestListener } from "node:http";
import { request as requestHttps, type RequestOptions } from "node:https";
import { afterEach, expect, it } from "vitest";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { certificateAuthority } from "@/test/certificates";
import { freePort } from "@/test/free-port";
import { createConnectionRefusals } from "./connection-refusals";
import { gatewayEnv } from "./env";
import { startGateway } from "./gateway";
import { startHookServer } from "./hook-server";

const SECRET = "a-secret-of-this-test";
const authority = await certificateAuthority("brokers");
const [gateway, broker, expired] = await Promise.all([
  authority.issue("gateway"),
  authority.issue("broker"),
  // from yesterday to yesterday
  authority.issue("expired", -1),
]);
const foreign = await (await certificateAuthority("somebody")).issue("broker");
const TLS = { GATEWAY_TLS_CERT_FILE: gateway.certFile, GATEWAY_TLS_KEY_FILE: gateway.keyFile };
const MUTUAL_TLS = { ...TLS, GATEWAY_TLS_CLIENT_CA_FILE: authority.caFile };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const environment = (given: Record<string, string>) =>
  readEnv(gatewayEnv, {
    // Nobody listens there: the gateway needs no database to answer.
    DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    GATEWAY_NAME: "gw-tls",
    BROKER_NODES: JSON.stringify([{ name: "sub-1", role: "subscriber", adminUrl: "http://127.0.0.1:1" }]),
    HOOK_SECRETS: JSON.stringify({ "sub-1": SECRET }),
    DEVICE_JWKS_URL: "http://127.0.0.1:1/jwks",
    ...given,
  });

const answer: RequestListener = (request, response) => response.end(`${request.method} answered`);

/** The hooks' listener alone, with what it refused. */
async function listening(given: Record<string, string>) {
  const port = await freePort();
  const refusals = createConnectionRefusals(createLog("gateway", "silent"));
  const server = await startHookServer(
    environment({ ...given, GATEWAY_HOOKS_PORT: String(port) }),
    answer,
    refusals.add,
  );
  if (!server) throw new Error("it has a port");
  closing.push(server.close);
  return { port, refusals };
}

/** The status and body of a POST, or the code of what ended the connection. */
function ask(port: number, given: RequestOptions & { tls?: boolean } = {}) {
  const send = given.tls === false ? requestHttp : requestHttps;
  return new Promise<string>((resolve) => {
    const options = { host: "127.0.0.1", port, method: "POST", agent: false, ca: authority.ca, path: "/", ...given };
    const request = send(options, (response) => {
      let body = "";
      response
        .on("data", (chunk) => (body += String(chunk)))
        .on("end", () => resolve(`${response.statusCode} ${body}`));
      response.on("error", () => resolve("broke"));
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "broke"));
    request.end(options.method === "POST" ? "{}" : undefined);
  });
}
const ANSWERED = "200 POST answered";

it("a broker without a certificate of the client CA is not let in, and is counted", async () => {
  const { port, refusals } = await listening(MUTUAL_TLS);
  expect(await ask(port, { cert: broker.cert, key: broker.key })).toBe(ANSWERED);
  expect(refusals.counts()).toEqual({ address: 0, handshake: 0 });
  expect(await ask(port)).not.toContain("200");
  expect(await ask(port, { cert: foreign.cert, key: foreign.key })).not.toContain("200");
  expect(await ask(port, { cert: expired.cert, key: expired.key })).not.toContain("200");
  expect(await ask(port, { tls: false })).not.toContain("200");
  expect(refusals.counts()).toEqual({ address: 0, handshake: 4 });
});

it("with a certificate and no client CA it speaks TLS, as no older than 1.2, with any broker", async () => {
  const { port } = await listening(TLS);
  expect(await ask(port)).toBe(ANSWERED);
  expect(await ask(port, { maxVersion: "TLSv1.1" })).not.toContain("200");
});

it.each([
  ["without TLS", {}, false],
  ["with it", TLS, true],
])("only the allowed networks are let in, %s", async (_how, given, tls) => {
  const { port, refusals } = await listening({ ...given, GATEWAY_ALLOWED_NETWORKS: "10.0.0.0/8, 127.0.0.1" });
  expect(await ask(port, { tls })).toBe(ANSWERED);
  expect(await ask(port, { tls, localAddress: "127.0.0.2" })).not.toContain("200");
  expect(refusals.counts()).toEqual({ address: 1, handshake: 0 });
});

it("one line an address tells of refusals, however many there are, and holds nothing else", () => {
  const lines: unknown[] = [];
  const log = Object.assign(createLog("gateway", "silent"), { warn: (line: unknown) => void lines.push(line) });
  const refusals = createConnectionRefusals(log);
  for (let time = 0; time < 3; time += 1) refusals.add("address", "10.0.0.9");
  expect(lines).toEqual([{ reason: "address", address: "10.0.0.9" }]);
  expect(refusals.counts().address).toBe(3);
});

it("hooks have their listener for themselves, and probes and metrics go on beside it", async () => {
  const [port, hooksPort] = [await freePort(), await freePort()];
  const env = environment({ ...MUTUAL_TLS, GATEWAY_PORT: String(port), GATEWAY_HOOKS_PORT: String(hooksPort) });
  closing.push((await startGateway(env, createLog("gateway", "silent"))).close);
  const hook = { path: `/hooks/sub-1/${SECRET}`, headers: { "vernemq-hook": "on_client_gone" } };
  const asBroker = { cert: broker.cert, key: broker.key };
  const good = { ...hook, ...asBroker };
  expect(await ask(hooksPort, { ...good, path: "/hooks/sub-1/wrong" })).toContain("401");
  // It is read: an empty object is no hook's body.
  expect(await ask(hooksPort, good)).toContain("400");
  expect(await ask(hooksPort, { ...asBroker, path: "/metrics", method: "GET" })).toContain("401");
  expect(await ask(port, { ...hook, tls: false })).toContain("404");
  expect(await ask(port, { tls: false, method: "GET", path: "/healthz" })).toContain("alive");
  expect(await ask(hooksPort)).not.toContain("401");
  const metrics = await ask(port, { tls: false, method: "GET", path: "/metrics" });
  expect(metrics).toContain('liveconnect_hook_connections_refused{reason="handshake"} 1');
});

it("a guard without its listener is refused, as are half a certificate and what is no network", () => {
  expect(() => environment(TLS)).toThrow("GATEWAY_HOOKS_PORT");
  expect(() => environment({ GATEWAY_ALLOWED_NETWORKS: "10.0.0.0/8" })).toThrow("GATEWAY_HOOKS_PORT");
  const own = { GATEWAY_HOOKS_PORT: "3201" };
  expect(() => environment({ ...own, GATEWAY_TLS_CERT_FILE: "a" })).toThrow("GATEWAY_TLS_KEY_FILE");
  expect(() => environment({ ...own, GATEWAY_TLS_CLIENT_CA_FILE: "a" })).toThrow("GATEWAY_TLS_CERT_FILE");
  for (const networks of ["10.0.0.0/", "10.0.0.0/33", "::1/129", "10.0.0.0/-1", ",", "broker.internal", "10/8"])
    expect(() => environment({ ...own, GATEWAY_ALLOWED_NETWORKS: networks }), networks).toThrow("networks like");
});

it("networks of both families are known, and IPv4 inside IPv6 is IPv4", () => {
  const isAllowed = environment({
    GATEWAY_HOOKS_PORT: "3201",
    GATEWAY_ALLOWED_NETWORKS: "10.1.0.0/16,fd00::/8",
  }).GATEWAY_ALLOWED_NETWORKS;
  const allowed = ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "10.2.0.1", "fe80::1", "::1", undefined].map((address) =>
    isAllowed?.(address),
  );
  expect(allowed).toEqual([true, true, true, false, false, false, false]);
});
