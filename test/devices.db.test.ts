import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createApiKey } from "@/lib/access/api-keys";
import { blockSubject, unblockSubject } from "@/lib/access/block-subject";
import { countNetwork } from "@/lib/access/count-network";
import { listBlocks } from "@/lib/access/list-blocks";
import { listTopicRefusals } from "@/lib/access/list-topic-refusals";
import { testAccess } from "@/lib/access/test-access";
import { createVernemq } from "@/lib/broker/vernemq";
import { DEFAULT_HOOKS } from "@/embedded-broker/hooks";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { publisherEnv } from "@/publisher/env";
import { startPublisher, type Publisher } from "@/publisher/publisher";
import { startBareBroker, type BareBroker } from "./bare-broker";
import { API_KEY, startTestCluster, type TestCluster } from "./broker/test-cluster";
import { testDatabase } from "./database";
import { testContext } from "./factories";
import { freePort } from "./free-port";
import { startRevocationKeeper } from "@/worker/revocations";
import { gatewayEnv } from "@/gateway/env";
import { startGateway } from "@/gateway/gateway";

/** Devices at a real broker, before a real gateway, publisher and the worker's part that ends what is revoked. */

const { db, url } = await testDatabase();
const admin = testContext(db, { role: "admin" });
const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const secret = randomUUID();
let gateway: { close: () => Promise<void> };
let cluster: TestCluster;
let bare: BareBroker;
let publisher: Publisher;
let keeper: { close: () => Promise<void> };
let apiKey: string;

beforeAll(async () => {
  const port = await freePort();
  const jwksFile = path.join(await mkdtemp(path.join(tmpdir(), "jwks-")), "jwks.json");
  await writeFile(jwksFile, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] }));
  gateway = await startGateway(
    readEnv(gatewayEnv, {
      DATABASE_URL: url,
      GATEWAY_PORT: String(port),
      GATEWAY_NAME: "gw-devices",
      BROKER_NODES: JSON.stringify([{ name: "n1", role: "subscriber", adminUrl: "http://127.0.0.1:1" }]),
      HOOK_SECRETS: JSON.stringify({ n1: secret }),
      DEVICE_JWKS_FILE: jwksFile,
      CONNECTS_PER_CLIENT: "20",
      REFUSED_PER_CLIENT: "10",
    }),
    createLog("gateway", "silent"),
  );
  cluster = await startTestCluster({
    nodes: 1,
    config: { hookUrl: `http://127.0.0.1:${port}/hooks/n1/${secret}`, hooks: [...DEFAULT_HOOKS] },
  });
  bare = await startBareBroker();
  publisher = await startPublisher(
    readEnv(publisherEnv, {
      DATABASE_URL: url,
      PUBLISHER_PORT: String(await freePort()),
      PUBLISHER_USERNAME: "publisher",
      PUBLISHER_PASSWORD: randomUUID(),
      PUBLISHER_INSTANCE: "devices",
      BROKER_NODES: JSON.stringify([
        { name: "pub-1", role: "publisher", adminUrl: "http://127.0.0.1:1", mqttUrl: bare.url },
      ]),
    }),
    createLog("publisher", "silent"),
  );
  await db.pool.query("update broker_nodes set state = 'up'");
  ({ key: apiKey } = await createApiKey(admin, { name: "Identity", permissions: ["access.revoke", "access.release"] }));
  keeper = startRevocationKeeper({
    context: () => testContext(db, { process: "worker" }),
    sessions: {
      broker: createVernemq({ apiKey: API_KEY }),
      nodes: [{ name: "n1", adminUrl: `http://127.0.0.1:${cluster.node("n1").httpPort}` }],
      nowMs: () => performance.now(),
    },
  });
}, 60_000);
afterAll(async () => {
  await keeper.close();
  await cluster.close();
  await publisher.close();
  await bare.close();
  await gateway.close();
});

const WAIT = { timeout: 10_000, interval: 50 };
const token = (personId: string, given: Record<string, unknown> = {}, issuedSecondsAgo = 60) =>
  new SignJWT({ platform: "android", jti: randomUUID(), ...given })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setSubject(personId)
    .setIssuedAt(Math.floor(Date.now() / 1_000) - issuedSecondsAgo)
    .setExpirationTime(Math.floor(Date.now() / 1_000) + 600)
    .sign(privateKey);

async function connect(clientId: string, username: string): Promise<MqttClient & { ended: Promise<void> }> {
  const client = await cluster.connect("n1", { clientId, username, clean: false });
  const ended = new Promise<void>((resolve) => client.once("close", () => resolve()));
  return Object.assign(client, { ended });
}
const codeOf = (connecting: Promise<unknown>): Promise<unknown> =>
  connecting.then(
    () => "connected",
    (error: { code?: unknown }) => error.code,
  );
const call = (pathOf: string, body: unknown) =>
  fetch(`${publisher.url}${pathOf}`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const isOpen = (clientId: string) =>
  vi.waitFor(async () => {
    const { rowCount } = await db.pool.query(
      "select from presence join clients using (client_key) join client_tokens using (client_key) where client_id = $1 and (ver & 3) = 0",
      [clientId],
    );
    expect(rowCount).toBe(1);
  }, WAIT);
const refusalsOf = async (clientId: string): Promise<unknown[]> =>
  (await db.pool.query("select reason from connect_refusals where client_id = $1 order by at", [clientId])).rows.map(
    (row) => row.reason as unknown,
  );
const expectRefusal = (clientId: string, reason: string) =>
  vi.waitFor(async () => expect(await refusalsOf(clientId)).toContain(reason), WAIT);

describe("a revocation pushed by the issuer", () => {
  it.each([
    ["of a token by its hash", (jwt: string) => ({ tokenHash: createHash("sha256").update(jwt).digest("hex") })],
    ["of a token by its id", (_jwt: string, jti: string) => ({ tokenId: jti })],
    ["of a person", (_jwt: string, _jti: string, personId: string) => ({ personId })],
  ])("%s ends the connection within 5 s, and the token is refused from then on", async (_name, which) => {
    const [clientId, personId, jti] = [`and-${randomUUID().slice(0, 8)}`, randomUUID(), randomUUID()];
    const jwt = await token(personId, { jti });
    const phone = await connect(clientId, jwt);
    const other = await connect(`${clientId}-other`, await token(randomUUID()));
    await isOpen(clientId);
    const startedMs = performance.now();
    const answer = await call("/v1/revocations", { ...which(jwt, jti, personId), reason: "reported stolen" });
    expect([answer.status, await answer.json()]).toEqual([200, { revoked: 1 }]);
    await phone.ended;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(await codeOf(cluster.connect("n1", { clientId, username: jwt }))).toBe(5);
    await expectRefusal(clientId, "revoked");
    expect(other.connected).toBe(true);
    // A token of afterwards is none of those.
    const fresh = await connect(clientId, await token(personId, {}, -2));
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query("select min(looks) as looks from token_revocations");
      expect(rows).toEqual([{ looks: 2 }]);
    }, WAIT);
    expect(fresh.connected).toBe(true);
    const { rows } = await db.pool.query(
      "select subject_kind, actor_name from audit_events where action = 'access.revokeTokens' order by at desc limit 1",
    );
    expect(rows[0]).toMatchObject({ actor_name: "Identity" });
  });

  it("is refused to a key without the permission, and for what is no revocation", async () => {
    const { key } = await createApiKey(admin, { name: "Other", permissions: ["publish.send"] });
    const answer = await fetch(`${publisher.url}/v1/revocations`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ personId: "p" }),
    });
    expect(answer.status).toBe(403);
    for (const body of [
      {},
      { token: "a.b.c" },
      { tokenHash: "short" },
      { personId: "p", until: "2020-01-01T00:00:00Z" },
    ])
      expect((await call("/v1/revocations", body)).status).toBe(400);
  });
});

describe("a device that changes hands", () => {
  it("is refused to the next person until it is released, and then holds nothing of the one before", async () => {
    const clientId = "shared-1";
    const first = await connect(clientId, await token("p-first"));
    await first.subscribeAsync(`lc/v1/clients/${clientId}/inbox`, { qos: 1 });
    await isOpen(clientId);
    expect(await codeOf(cluster.connect("n1", { clientId, username: await token("p-second") }))).toBe(5);
    await expectRefusal(clientId, "other_person");
    first.end(true);
    const answer = await call(`/v1/clients/${clientId}/release`, { reason: "handed on to a colleague" });
    expect([answer.status, await answer.json()]).toEqual([200, { outcome: "released" }]);
    const second = cluster.connectLater("n1", { clientId, username: await token("p-second"), clean: false });
    const connack = await new Promise<{ sessionPresent: boolean }>((resolve) => second.once("connect", resolve));
    expect(connack.sessionPresent).toBe(false);
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query("select person_id from clients where client_id = $1", [clientId]);
      expect(rows).toEqual([{ person_id: "p-second" }]);
    }, WAIT);
    expect(await codeOf(cluster.connect("n1", { clientId, username: await token("p-first") }))).toBe(5);
    const { rows } = await db.pool.query(
      "select subject_kind from audit_events where action = 'access.releaseClient' order by subject_kind",
    );
    expect(rows.map((row) => row.subject_kind as unknown)).toEqual(["client", "person"]);
    expect((await call("/v1/clients/nobody/release", { reason: "never seen" })).status).toBe(404);
  });
});

describe("who may not connect", () => {
  it("loses what stands, on all their phones, within 5 s of the block, which is said to be why; others' stays", async () => {
    const [personId, otherId] = [randomUUID(), randomUUID()];
    const [first, second] = [`standing-${randomUUID().slice(0, 8)}`, `standing-${randomUUID().slice(0, 8)}`];
    const phones = [await connect(first, await token(personId)), await connect(second, await token(personId))];
    const other = await connect(`other-${otherId.slice(0, 8)}`, await token(otherId));
    await Promise.all([first, second].map(isOpen));
    const startedMs = performance.now();
    await blockSubject(admin, { kind: "person", subject: personId, reason: "abuse", until: null });
    await Promise.all(phones.map(({ ended }) => ended));
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query("select looks, disconnected from blocks where person_id = $1", [personId]);
      expect(rows).toEqual([{ looks: 2, disconnected: 2 }]);
    }, WAIT);
    expect(other.connected).toBe(true);
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query(
        "select s.reason, s.ended_by from sessions s join clients c using (client_key) where c.client_id = $1",
        [first],
      );
      expect(rows).toMatchObject([{ reason: "blocked", ended_by: admin.actor.name }]);
    }, WAIT);
    await unblockSubject(admin, { kind: "person", subject: personId });
  });

  it("loses what stands from a network that is blocked, which is counted before; what comes from elsewhere stays", async () => {
    const [here, elsewhere] = [`here-${randomUUID().slice(0, 8)}`, `elsewhere-${randomUUID().slice(0, 8)}`];
    const phone = await connect(here, await token(randomUUID()));
    const other = await connect(elsewhere, await token(randomUUID()));
    await Promise.all([here, elsewhere].map(isOpen));
    // Both are on loopback: one's address is written as another's, the way a balancer's PROXY header would have had it.
    await db.pool.query(
      `update presence set peer_address = case when c.client_id = $1 then '::ffff:203.0.113.9' else '198.51.100.7' end
       from clients c where c.client_key = presence.client_key`,
      [here],
    );
    const network = "203.0.113.77/24";
    expect(await countNetwork(admin, { network })).toEqual({
      network: "203.0.113.0/24",
      connected: 1,
      isComplete: true,
    });
    const startedMs = performance.now();
    await blockSubject(admin, { kind: "network", subject: network, reason: "tries tokens", until: null });
    await phone.ended;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await vi.waitFor(async () => {
      const { rows } = await db.pool.query("select looks, disconnected from blocks where subject = '203.0.113.0/24'");
      expect(rows).toEqual([{ looks: 2, disconnected: 1 }]);
      const ended = await db.pool.query(
        "select s.reason, s.ended_by from sessions s join clients c using (client_key) where c.client_id = $1",
        [here],
      );
      expect(ended.rows).toMatchObject([{ reason: "blocked", ended_by: admin.actor.name }]);
    }, WAIT);
    expect(other.connected).toBe(true);
    await unblockSubject(admin, { kind: "network", subject: network });
    await expect(countNetwork(testContext(db, { role: "oncall" }), { network })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  it("is a person or a network that is blocked, until the block is lifted", async () => {
    const oncall = testContext(db, { role: "oncall" });
    for (const block of [
      { kind: "person", subject: "p-blocked" } as const,
      { kind: "network", subject: "127.0.0.9/8" } as const,
    ]) {
      await expect(blockSubject(oncall, { ...block, reason: "abuse", until: null })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
      const clientId = `blocked-${block.kind}`;
      await blockSubject(admin, { ...block, reason: "abuse", until: null });
      await blockSubject(admin, { ...block, reason: "abuse, seen again", until: null });
      const jwt = await token("p-blocked");
      await vi.waitFor(
        async () => expect(await codeOf(cluster.connect("n1", { clientId, username: jwt }))).toBe(5),
        WAIT,
      );
      await expectRefusal(clientId, `${block.kind}_blocked`);
      const { blocks } = await listBlocks(oncall, {});
      expect(blocks).toMatchObject([{ kind: block.kind, reason: "abuse, seen again", by: admin.actor.name }]);
      expect(await unblockSubject(admin, block)).toEqual({ wasBlocked: true });
      expect(await unblockSubject(admin, block)).toEqual({ wasBlocked: false });
      await vi.waitFor(
        async () => expect(await codeOf(cluster.connect("n1", { clientId, username: jwt }))).toBe("connected"),
        WAIT,
      );
    }
    for (const subject of ["0.0.0.0/0", "10.0.0.0/7", "::/0", "not a network", "1.2.3.4/33"])
      await expect(blockSubject(admin, { kind: "network", subject, reason: "all", until: null })).rejects.toMatchObject(
        {
          code: "VALIDATION",
        },
      );
  });

  it("is a client that comes and goes all the time, and one that tries tokens; others from its address are let in", async () => {
    const jwt = await token("p-flapping");
    const codes: unknown[] = [];
    // At the edge of a window twice as many pass.
    while (codes.at(-1) !== 5 && codes.length < 42)
      codes.push(await codeOf(cluster.connect("n1", { clientId: "flapping", username: jwt })));
    expect(codes.slice(0, 20).every((code) => code === "connected")).toBe(true);
    expect(codes.at(-1)).toBe(5);
    await expectRefusal("flapping", "throttled");
    for (let n = 0; n < 22; n += 1)
      await codeOf(cluster.connect("n1", { clientId: "guessing", username: `eyJ.${n}.x` }));
    await expectRefusal("guessing", "throttled");
    expect(await codeOf(cluster.connect("n1", { clientId: "honest", username: await token("p-honest") }))).toBe(
      "connected",
    );
  });
});

describe("what a client may do", () => {
  it("is told by the tester as the gateway decides it, and what was refused is kept for engineers", async () => {
    const [clientId, personId] = ["asking-1", "p-asking"];
    await db.pool.query(
      `insert into grants (person_id, topic_filter, action, granted_by) values ($1, 'halodoc/orders/A/#', 'subscribe', 'test')`,
      [personId],
    );
    const phone = await connect(clientId, await token(personId));
    await isOpen(clientId);
    const cases: [string, string][] = [
      [`lc/v1/clients/${clientId}/commands`, "own"],
      ["lc/v1/groups/android", "group"],
      ["lc/v1/groups/ios", "other_group"],
      ["halodoc/orders/A/state", "grant"],
      ["halodoc/orders/B/state", "not_granted"],
      ["lc/v1/clients/somebody/inbox", "other_client"],
      ["#", "not_granted"],
    ];
    for (const [topic, rule] of cases) {
      const told = await testAccess(admin, { clientId, action: "subscribe", topic });
      expect([topic, told.decision.rule]).toEqual([topic, rule]);
      const code = await phone.subscribeAsync(topic, { qos: 1 }).then(
        ([granted]) => granted?.qos,
        () => 128,
      );
      expect([topic, code !== 128]).toEqual([topic, told.isAllowed]);
    }
    const engineer = testContext(db, { role: "engineer" });
    await vi.waitFor(async () => {
      const refused = await listTopicRefusals(engineer, { clientId });
      expect(refused.map(({ topic, reason }) => [topic, reason]).toSorted()).toEqual(
        cases.filter(([, rule]) => !["own", "group", "grant"].includes(rule)).toSorted(),
      );
    }, WAIT);
    await expect(listTopicRefusals(testContext(db, { role: "support" }), { clientId })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});
