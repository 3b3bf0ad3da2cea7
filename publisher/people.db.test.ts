import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureApiKey, makeApiKey } from "@/lib/access/api-keys";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { runNextImport } from "@/lib/people/import/run-import";
import { PERMISSIONS, type Permission } from "@/lib/rbac/permissions";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { freePort } from "@/test/free-port";
import { publisherEnv } from "./env";
import { startPublisher, type Publisher } from "./publisher";

const { db, url } = await testDatabase();
let publisher: Publisher;
let key: string;

beforeAll(async () => {
  publisher = await startPublisher(
    readEnv(publisherEnv, {
      DATABASE_URL: url,
      PUBLISHER_PORT: String(await freePort()),
      PUBLISHER_USERNAME: "liveconnect-publisher",
      PUBLISHER_PASSWORD: randomUUID(),
      BROKER_NODES: JSON.stringify([
        { name: "pub-1", role: "publisher", adminUrl: "http://127.0.0.1:1", mqttUrl: "mqtt://127.0.0.1:1" },
      ]),
    }),
    createLog("publisher", "silent"),
  );
  key = await makeKey(PERMISSIONS);
});
afterAll(() => publisher.close());
beforeEach(() => db.pool.query("truncate people, person_words, people_imports cascade"));

async function makeKey(permissions: readonly Permission[]): Promise<string> {
  const made = makeApiKey();
  await ensureApiKey(db.pool, { name: `key ${randomUUID()}`, key: made, permissions });
  return made;
}

async function call(method: string, path: string, given: { body?: unknown; headers?: Record<string, string> } = {}) {
  const isRaw = typeof given.body === "string" || given.body instanceof Uint8Array;
  const response = await fetch(publisher.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(given.body === undefined || isRaw ? {} : { "content-type": "application/json" }),
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: isRaw ? (given.body as string) : JSON.stringify(given.body) }),
  });
  const text = await response.text();
  const isJson =
    response.headers.get("content-type")?.includes("json") && !response.headers.get("content-type")?.includes("ndjson");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

const NDJSON = { "content-type": "application/x-ndjson" };
const file = (count: number): string =>
  Array.from({ length: count }, (_, n) => `{"personId":"p-${n}","name":"Siti Rahma ${n}"}\n`).join("");

describe("people over HTTP", () => {
  test("are put and forgotten; what comes back is what is kept", async () => {
    const put = await call("PUT", "/v1/people/p%2F1", { body: { name: " Siti  Rahma", phoneNumber: "0812-3400-17" } });
    expect(put).toMatchObject({
      status: 200,
      body: { personId: "p/1", name: "Siti  Rahma", phoneNumber: "+62812340017" },
    });
    expect((await call("DELETE", "/v1/people/p%2F1")).status).toBe(200);
    expect((await call("DELETE", "/v1/people/p%2F1")).status).toBe(200);
    expect(await db.prisma.person.count()).toBe(0);
  });

  test("put many in one call are all kept, and none when one of them is wrong", async () => {
    const people = Array.from({ length: 500 }, (_, n) => ({ personId: `p-${n}`, name: `Ani ${n}` }));
    const put = await call("PUT", "/v1/people", { body: people });
    expect([put.status, put.body.length, await db.prisma.person.count()]).toEqual([200, 500, 500]);
    const wrong = [{ personId: "q-1" }, { personId: "q-2", phoneNumber: "none" }];
    expect((await call("PUT", "/v1/people", { body: wrong })).status).toBe(400);
    expect((await call("PUT", "/v1/people", { body: [...people, { personId: "q-1" }] })).status).toBe(400);
    expect(await db.prisma.person.count()).toBe(500);
  });

  test("put at the same time are gathered: each is kept when it is answered, in far fewer commits", async () => {
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, n) => call("PUT", `/v1/people/p-${n}`, { body: { name: `Ani ${n}` } })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await db.prisma.person.count()).toBe(400);
    expect(await db.prisma.auditEvent.count({ where: { action: "people.putPeople" } })).toBeLessThan(200);
  });

  test.each<[string, () => ReturnType<typeof call>, number]>([
    ["a number that is none", () => call("PUT", "/v1/people/p", { body: { phoneNumber: "x" } }), 400],
    ["a field nobody knows", () => call("PUT", "/v1/people/p", { body: { age: 3 } }), 400],
    ["another person in the body", () => call("PUT", "/v1/people/p", { body: { personId: "q" } }), 400],
    ["an import that is JSON", () => call("POST", "/v1/people/import", { body: [] }), 400],
    ["a mode nobody knows", () => call("POST", "/v1/people/import?mode=x", { body: "", headers: NDJSON }), 400],
    ["an unknown import", () => call("GET", `/v1/people/imports/${randomUUID()}`), 404],
    ["an import id that is none", () => call("GET", "/v1/people/imports/x"), 400],
  ])("%s is refused", async (_what, attempt, status) => {
    const answer = await attempt();
    expect(answer).toMatchObject({ status, body: { status } });
  });

  test("a key without people.write may do none of it", async () => {
    const headers = { authorization: `Bearer ${await makeKey(["presence.read"])}` };
    for (const attempt of [
      call("PUT", "/v1/people/p", { body: {}, headers }),
      call("DELETE", "/v1/people/p", { headers }),
      call("POST", "/v1/people/import", { body: file(1), headers: { ...headers, ...NDJSON } }),
    ])
      expect((await attempt).status).toBe(403);
    expect(await db.prisma.peopleImport.count()).toBe(0);
  });
});

describe("an import over HTTP", () => {
  const run = () => runNextImport(testContext(db, { process: "test" }), new AbortController().signal);

  test("of a file, plain or gzipped, is taken with 202, and shows its progress and its refused lines", async () => {
    const sent: [string | Uint8Array, Record<string, string>][] = [
      [`${file(5)}broken\n`, NDJSON],
      [gzipSync(`${file(8)}broken`), { ...NDJSON, "content-encoding": "gzip" }],
    ];
    for (const [body, headers] of sent) {
      const taken = await call("POST", "/v1/people/import", { body, headers });
      expect(taken).toMatchObject({ status: 202, body: { state: "waiting" } });
      const path = taken.headers.get("location") ?? "";
      await run();
      expect((await call("GET", path)).body).toMatchObject({ state: "finished", rows: { refused: 1 } });
      const refused = await call("GET", `${path}/errors`);
      expect(refused.headers.get("content-type")).toContain("ndjson");
      expect(JSON.parse(refused.body)).toMatchObject({ reason: "is not JSON" });
      expect((await call("DELETE", path)).body).toEqual({ cancelled: false });
    }
    expect(await db.prisma.person.count()).toBe(8);
  });

  test("whose sender goes away in the middle is failed, and nothing of it is kept", async () => {
    const half = new Promise<void>((resolve) => {
      const sending = request(`${publisher.url}/v1/people/import`, {
        method: "POST",
        headers: { ...NDJSON, authorization: `Bearer ${key}`, "content-length": "9000000" },
      });
      sending.on("error", () => resolve());
      sending.write(file(40_000), () => sending.destroy());
    });
    await half;
    await expect
      .poll(async () => (await db.prisma.peopleImport.findMany()).map(({ state }) => state), { timeout: 10_000 })
      .toEqual(["failed"]);
    expect(await run()).toBe(false);
  });

  test("of a body that is not gzip though it says so is refused", async () => {
    const headers = { ...NDJSON, "content-encoding": "gzip" };
    expect((await call("POST", "/v1/people/import", { body: file(1), headers })).status).toBe(400);
  });
});

describe("presence over HTTP", () => {
  test("is told for one client, several, and a person, in one shape", async () => {
    const node = await makeNode(db);
    const client = await makeClient(db);
    await db.pool.query(
      `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at) values ($1, $2, $3, now(), 'hook', now())`,
      [client.clientKey, (Date.now() - 60_000) * 4_000, node.nodeId],
    );
    const one = (await call("GET", `/v1/presence/${client.clientId}`)).body;
    expect(one).toMatchObject({ clientId: client.clientId, state: "online", node: node.name, proof: { kind: "hook" } });
    const several = await call("POST", "/v1/presence/query", { body: { clientIds: [client.clientId, "nobody"] } });
    expect(several.body).toMatchObject({ presences: [{ ...one, proof: { kind: "hook" } }], neverSeen: ["nobody"] });
    const person = await call("GET", `/v1/people/${client.personId}/presence`);
    expect(person.body).toMatchObject({ state: "online", since: one.since, clients: [{ clientId: client.clientId }] });
    expect((await call("POST", "/v1/presence/query", { body: { clientIds: [] } })).status).toBe(400);
  });
});
