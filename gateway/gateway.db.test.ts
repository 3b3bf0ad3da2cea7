import { randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { freePort } from "@/test/free-port";
import { testDatabase } from "@/test/database";
import { gatewayEnv } from "./env";
import { startGateway } from "./gateway";

const { db, url } = await testDatabase();
const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const secrets = { "sub-1": randomUUID(), "pub-1": randomUUID() };
const servicePassword = randomUUID();
let port: number;
let close: () => Promise<void>;

beforeAll(async () => {
  port = await freePort();
  const jwksFile = path.join(await mkdtemp(path.join(tmpdir(), "jwks-")), "jwks.json");
  await writeFile(jwksFile, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] }));
  const env = readEnv(gatewayEnv, {
    DATABASE_URL: url,
    GATEWAY_PORT: String(port),
    GATEWAY_NAME: "gw-1",
    BROKER_NODES: JSON.stringify([
      { name: "sub-1", role: "subscriber", adminUrl: "http://127.0.0.1:1" },
      { name: "pub-1", role: "publisher", adminUrl: "http://127.0.0.1:1" },
    ]),
    HOOK_SECRETS: JSON.stringify(secrets),
    DEVICE_JWKS_FILE: jwksFile,
    DEVICE_TOKEN_ISSUER: "https://id.example",
    SERVICE_CREDENTIALS: JSON.stringify([{ username: "svc", password: servicePassword }]),
  });
  ({ close } = await startGateway(env, createLog("gateway", "silent")));
  await db.pool.query("update broker_nodes set state = 'up'");
});
afterAll(() => close());

const token = (personId: string, seconds = 600) =>
  new SignJWT({ name: "Siti Contoh", platform: "android", app_version: "12.4.1" })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setSubject(personId)
    .setIssuer("https://id.example")
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(privateKey);

async function hook(name: string, body: object, node: keyof typeof secrets = "sub-1", secret: string = secrets[node]) {
  const response = await fetch(`http://127.0.0.1:${port}/hooks/${node}/${secret}`, {
    method: "POST",
    headers: { "vernemq-hook": name, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, cache: response.headers.get("cache-control"), answer: await response.json() };
}

const connect = (clientId: string, username: string | null, given: object = {}) => ({
  peer_addr: "203.0.113.9",
  peer_port: 40_000,
  mountpoint: "",
  client_id: clientId,
  username,
  password: null,
  clean_session: false,
  ...given,
});
const session = (clientId: string) => ({ mountpoint: "", client_id: clientId });
const presenceOf = (clientId: string) =>
  db.pool
    .query(
      "select p.ver & 3 as rank, p.peer_address, p.peer_port from presence p join clients c using (client_key) where client_id = $1",
      [clientId],
    )
    .then((result) => result.rows[0] as unknown);

describe("the gateway's hooks", () => {
  it("let a device with a good token in, replace the token by its person, and record its session", async () => {
    const accepted = await hook("auth_on_register", connect("and-1", await token("p-1", 600)));
    expect(accepted).toMatchObject({
      status: 200,
      cache: null,
      answer: { result: "ok", modifiers: { username: "p-1" } },
    });
    expect(
      (accepted.answer as { modifiers: { max_connection_lifetime: number } }).modifiers.max_connection_lifetime,
    ).toBeGreaterThan(600);
    await hook("on_client_wakeup", session("and-1"));
    // On a busy machine the answer may come before the commit.
    await vi.waitFor(async () =>
      expect(await presenceOf("and-1")).toEqual({ rank: 0, peer_address: "203.0.113.9", peer_port: 40_000 }),
    );
    await hook("on_client_offline", session("and-1"));
    await vi.waitFor(async () => expect(await presenceOf("and-1")).toMatchObject({ rank: 1 }));
  });

  it.each([
    ["without a token", "and-2", async () => null, "no_token"],
    ["with an expired token", "and-2", () => token("p-2", -600), "expired"],
    ["with another person's client identifier", "and-1", () => token("p-2"), "other_person"],
  ])("refuse a connect %s and keep why", async (_name, clientId, make, reason) => {
    const refused = await hook("auth_on_register", connect(clientId, await make()));
    expect(refused).toMatchObject({ status: 200, answer: { result: { error: "not_allowed" } } });
    await vi.waitFor(async () => {
      const rows = await db.pool.query("select 1 from connect_refusals where client_id = $1 and reason = $2", [
        clientId,
        reason,
      ]);
      expect(rows.rowCount).toBeGreaterThan(0);
    });
  });

  it.each(["~.*", "a+b", "a#", "", "x".repeat(65), "a b"])(
    "refuse the client identifier %j, outside the contract",
    async (clientId) => {
      const refused = await hook("auth_on_register", connect(clientId, await token("p-9")));
      expect(refused.answer).toEqual({ result: { error: "not_allowed" } });
    },
  );

  it("keep devices off publisher nodes and services off subscriber nodes", async () => {
    const credentials = { username: "svc", password: servicePassword };
    const { answer: device } = await hook("auth_on_register", connect("and-3", await token("p-3")), "pub-1");
    expect(device).toEqual({ result: { error: "not_allowed" } });
    const { answer: service } = await hook("auth_on_register", connect("svc-1", null, credentials), "pub-1");
    expect(service).toEqual({ result: "ok" });
    const { answer: astray } = await hook("auth_on_register", connect("svc-1", null, credentials));
    expect(astray).toEqual({ result: { error: "not_allowed" } });
    await hook("on_client_wakeup", session("svc-1"), "pub-1");
    expect(await presenceOf("svc-1")).toBeUndefined();
  });

  it("refuse a blocked client as soon as they hear of the block, and let it in when it is lifted", async () => {
    const ask = async () => (await hook("auth_on_register", connect("and-6", await token("p-6")))).answer;
    const tell = () =>
      db.pool.query("select pg_notify('access', $1)", [
        JSON.stringify({ type: "access.blocksChanged", clientId: "and-6" }),
      ]);
    expect(await ask()).toMatchObject({ result: "ok" });
    await db.pool.query(
      "insert into blocked_clients (client_id, reason, blocked_by, blocked_by_name) values ('and-6', 'stolen', 'o', 'Rizky')",
    );
    await tell();
    await vi.waitFor(async () => expect(await ask()).toEqual({ result: { error: "not_allowed" } }));
    await vi.waitFor(async () => {
      const { rowCount } = await db.pool.query(
        "select from connect_refusals where client_id = 'and-6' and reason = 'blocked'",
      );
      expect(rowCount).toBeGreaterThan(0);
    });
    await db.pool.query("delete from blocked_clients where client_id = 'and-6'");
    await tell();
    await vi.waitFor(async () => expect(await ask()).toMatchObject({ result: "ok" }));
  });

  it("answer a subscribe position by position, and follow grants as they come", async () => {
    const clientId = "and-4";
    await hook("auth_on_register", connect(clientId, await token("p-4")));
    const order = "halodoc/pharmacy-delivery/orders/ABC-123";
    const ask = () =>
      hook("auth_on_subscribe", {
        username: "p-4",
        ...session(clientId),
        topics: [
          { topic: order, qos: 1 },
          { topic: `lc/v1/clients/${clientId}/commands`, qos: 1 },
        ],
      });
    expect((await ask()).answer).toEqual({
      result: "ok",
      topics: [
        { topic: order, qos: 128 },
        { topic: `lc/v1/clients/${clientId}/commands`, qos: 1 },
      ],
    });
    await db.pool.query(
      "insert into grants (person_id, topic_filter, action, granted_by) values ('p-4', $1, 'subscribe', 'test')",
      [order],
    );
    await db.pool.query("select pg_notify('access', $1)", [
      JSON.stringify({ type: "access.grantsChanged", personId: "p-4" }),
    ]);
    await vi.waitFor(async () => expect((await ask()).answer).toEqual({ result: "ok" }));
  });

  it("let a device publish its own events only; a service's publish may be remembered by the broker", async () => {
    const publish = (clientId: string, topic: string) => ({
      username: "p-1",
      ...session(clientId),
      qos: 1,
      topic,
      payload: "e30=",
      retain: false,
    });
    expect((await hook("auth_on_publish", publish("and-1", "lc/v1/clients/and-1/events"))).answer).toEqual({
      result: "ok",
    });
    const { answer } = await hook("auth_on_publish", publish("and-1", "lc/v1/clients/and-2/events"));
    expect(answer).toEqual({ result: { error: "not_allowed" } });
    expect(await hook("auth_on_publish", publish("svc-1", "any/topic"), "pub-1")).toMatchObject({
      cache: "max-age=3600",
    });
  });

  it("refuse a wrong secret, an unknown hook and what is no hook's body, each in its own way", async () => {
    expect(await hook("on_client_gone", session("and-1"), "sub-1", "wrong")).toMatchObject({ status: 401 });
    expect(await hook("on_deliver", session("and-1"))).toMatchObject({ status: 404 });
    expect(await hook("on_client_gone", { client: "and-1" })).toMatchObject({ status: 400 });
  });

  it("announce the gateway's boot to the database", async () => {
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query("select name, stopped_at, seen_at >= booted_at as beats from gateways");
      expect(rows).toEqual([{ name: "gw-1", stopped_at: null, beats: true }]);
    });
  });

  it("tell operators' tools how they are", async () => {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(await ready.json()).toMatchObject({
      ready: true,
      dependencies: { database: "connected", presence: "up to date" },
    });
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('liveconnect_connects_refused_total{node="sub-1",reason="expired"} 1');
    expect(metrics).not.toContain("Siti");
  });
});
