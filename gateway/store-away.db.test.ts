import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";
import { freePort } from "@/test/free-port";
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from "@/test/own-postgres";
import { gatewayEnv, type GatewayEnv } from "./env";
import { startGateway } from "./gateway";

/** A PostgreSQL of this file's own, which it may stop, kill and fill, and gateways before it. */

const WAIT = { timeout: 20_000, interval: 50 };
const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const secrets = { "sub-1": randomUUID(), "sub-2": randomUUID() };
type Node = keyof typeof secrets;
const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-away-"));
const postgresOptions = {
  folder: path.join(folder, "postgres"),
  port: await freePort(),
  user: "liveconnect",
  password: randomUUID(),
  logFile: path.join(folder, "postgres.log"),
  settings: ["fsync=off", "max_connections=20"],
};
let postgres: EmbeddedPostgres;
let gateways: { port: number; close: () => Promise<void> }[] = [];
let lastPort = 40_000;

async function environmentOf(name: string, port: number): Promise<GatewayEnv> {
  const jwksFile = path.join(folder, "jwks.json");
  await writeFile(jwksFile, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] }));
  const nodes = Object.keys(secrets).map((node) => ({
    name: node,
    role: "subscriber",
    adminUrl: "http://127.0.0.1:1",
  }));
  return readEnv(gatewayEnv, {
    DATABASE_URL: postgres.urlOf("liveconnect"),
    GATEWAY_PORT: String(port),
    GATEWAY_NAME: name,
    BROKER_NODES: JSON.stringify(nodes),
    HOOK_SECRETS: JSON.stringify(secrets),
    DEVICE_JWKS_FILE: jwksFile,
  });
}

async function addGateway(name: string): Promise<{ port: number; close: () => Promise<void> }> {
  const port = await freePort();
  const { close } = await startGateway(await environmentOf(name, port), createLog("gateway", "silent"));
  return { port, close };
}

beforeAll(async () => {
  // as root the server runs as another user, who must be able to pass
  await chmod(folder, 0o711);
  postgres = await startEmbeddedPostgres(postgresOptions);
  await ensureDatabase(postgres, "liveconnect");
  await migrate({ url: postgres.urlOf("liveconnect") });
  gateways = [await addGateway("gw-1"), await addGateway("gw-2")];
}, 60_000);
afterAll(async () => {
  await Promise.all(gateways.map(({ close }) => close()));
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const token = (personId: string) =>
  new SignJWT({ platform: "android", app_version: "12.4.1" })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setSubject(personId)
    .setExpirationTime("1h")
    .sign(privateKey);

async function hook(
  name: string,
  body: object,
  { gateway = 0, node = "sub-1" }: { gateway?: number; node?: Node } = {},
) {
  const startedAt = performance.now();
  const response = await fetch(`http://127.0.0.1:${gateways[gateway]?.port}/hooks/${node}/${secrets[node]}`, {
    method: "POST",
    headers: { "vernemq-hook": name },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { result?: unknown; modifiers?: { max_connection_lifetime?: number } };
  return { answer, tookMs: performance.now() - startedAt };
}

const connect = async (clientId: string, personId = `p-${clientId}`, at: { gateway?: number; node?: Node } = {}) =>
  hook(
    "auth_on_register",
    {
      peer_addr: "203.0.113.9",
      // a connection's own, as TCP gives it
      peer_port: (lastPort += 1),
      mountpoint: "",
      client_id: clientId,
      username: await token(personId),
      password: null,
      clean_session: false,
    },
    at,
  );
const said = (name: string, clientId: string, at: { gateway?: number; node?: Node } = {}) =>
  hook(name, { mountpoint: "", client_id: clientId }, at);

async function query<R extends object>(sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: postgres.urlOf("liveconnect"), connectionTimeoutMillis: 2_000 });
  // One that the server ends is not ours to hear of.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

const RANKS =
  "select c.client_id, (p.ver & 3)::int as rank from presence p join clients c using (client_key) where c.client_id like ";
async function expectRanks(prefix: string, ranks: Record<string, number>): Promise<void> {
  await vi.waitFor(async () => {
    const rows = await query<{ client_id: string; rank: number }>(`${RANKS} '${prefix}%'`);
    expect(Object.fromEntries(rows.map((row) => [row.client_id, row.rank]))).toEqual(ranks);
  }, WAIT);
}

const metric = async (name: string, gateway = 0): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${gateways[gateway]?.port}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
};
const readyz = async (): Promise<Record<string, string>> => {
  const response = await fetch(`http://127.0.0.1:${gateways[0]?.port}/readyz`);
  const { ready, dependencies } = (await response.json()) as { ready: boolean; dependencies: Record<string, string> };
  expect([response.status, ready]).toEqual([200, true]);
  return dependencies;
};

/** What the database may do while devices come and go; each gives what ends it. */
const FAULTS: [string, () => Promise<() => Promise<void>>][] = [
  ["stopped", stopServer],
  ["killed", killServer],
  ["frozen", freezeServer],
  ["out of connections", fillConnections],
];

async function stopServer(): Promise<() => Promise<void>> {
  await postgres.stop();
  return startAgain;
}

async function killServer(): Promise<() => Promise<void>> {
  process.kill(postgres.pid, "SIGKILL");
  await postgres.exited;
  return startAgain;
}

async function startAgain(): Promise<void> {
  // Its children see that it is gone and let go of the shared memory one after the other.
  await vi.waitFor(async () => {
    postgres = await startEmbeddedPostgres(postgresOptions);
  }, WAIT);
}

async function freezeServer(): Promise<() => Promise<void>> {
  const pids = (await query<{ pid: number }>("select pid from pg_stat_activity where pid <> pg_backend_pid()")).map(
    ({ pid }) => pid,
  );
  const all = [postgres.pid, ...pids];
  const signal = (name: "SIGSTOP" | "SIGCONT"): void => {
    for (const pid of all)
      try {
        process.kill(pid, name);
      } catch (error) {
        // A background worker that ended by itself meanwhile.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
  };
  signal("SIGSTOP");
  return async () => signal("SIGCONT");
}

/** Ends the gateways' connections and takes all there are. */
async function fillConnections(): Promise<() => Promise<void>> {
  const held: pg.Client[] = [];
  const take = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: postgres.urlOf("liveconnect"), connectionTimeoutMillis: 1_000 });
    client.on("error", () => undefined);
    await client.connect();
    held.push(client);
  };
  const isRefused = (): Promise<boolean> =>
    take().then(
      () => false,
      () => true,
    );
  await take();
  // Until none of those that end is won by a gateway again.
  await vi.waitFor(async () => {
    const ended = await held[0]?.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'liveconnect%'",
    );
    while (!(await isRefused()));
    expect(ended?.rowCount).toBe(0);
  }, WAIT);
  return async () => void (await Promise.all(held.map((client) => client.end())));
}

describe("while the store is away", () => {
  it.each(FAULTS)(
    "(%s) devices are let in, and every state is right when it is back",
    async (name, begin) => {
      const prefix = name.replaceAll(" ", "-");
      const [stays, leaves, returns, arrives, flaps] = ["stays", "leaves", "returns", "arrives", "flaps"].map(
        (word) => `${prefix}-${word}`,
      ) as [string, string, string, string, string];
      for (const clientId of [stays, leaves, returns]) {
        await connect(clientId);
        await said("on_client_wakeup", clientId);
      }
      await said("on_client_offline", returns);
      await expectRanks(prefix, { [stays]: 0, [leaves]: 0, [returns]: 1 });
      // Known to nobody but the store, and bound to somebody else.
      await query(`insert into people (person_id) values ('owner') on conflict do nothing`);
      await query(
        `insert into clients (client_key, client_id, person_id) values (md5('/${prefix}-bound')::uuid, '${prefix}-bound', 'owner')`,
      );

      const end = await begin();
      const known = await connect(returns);
      expect(known.answer).toMatchObject({ result: "ok" });
      const first = await connect(arrives);
      expect(first.answer).toMatchObject({ result: "ok" });
      expect(first.answer.modifiers?.max_connection_lifetime).toBeLessThanOrEqual(300);
      // Once it did not answer, nobody waits for it again.
      const bound = await connect(`${prefix}-bound`, "stranger");
      expect(bound.answer).toMatchObject({ result: "ok" });
      const answers = await Promise.all([
        said("on_client_wakeup", returns),
        said("on_client_wakeup", arrives),
        said("on_client_offline", leaves),
        ...["on_client_wakeup", "on_client_offline", "on_client_wakeup", "on_client_gone"].map((what) =>
          said(what, flaps),
        ),
      ]);
      for (const { answer } of answers) expect(answer).toEqual({ result: "ok" });
      expect((await connect(flaps)).answer).toMatchObject({ result: "ok" });
      expect(known.tookMs).toBeLessThan(1_000);
      expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(1_500);
      expect((await readyz()).presence).toMatch(/clients wait/);
      expect(await metric("liveconnect_presence_waiting")).toBeGreaterThan(0);

      await end();
      await expectRanks(prefix, { [stays]: 0, [leaves]: 1, [returns]: 0, [arrives]: 0, [flaps]: 2 });
      await vi.waitFor(async () => expect((await readyz()).presence).toBe("up to date"), WAIT);
      // What nobody could say while the store was away is known again: the client is another person's.
      await vi.waitFor(async () => {
        expect((await connect(`${prefix}-bound`, "stranger")).answer).toEqual({ result: { error: "not_allowed" } });
      }, WAIT);
      expect(await metric("liveconnect_presence_dropped")).toBe(0);
    },
    60_000,
  );
});

describe("two gateways", () => {
  it("tell one story of a client whose node is moved from one to the other, whichever hears a hook first or twice", async () => {
    await connect("moved", "p-moved", { gateway: 0 });
    await said("on_client_wakeup", "moved", { gateway: 0 });
    await said("on_client_offline", "moved", { gateway: 1 });
    await expectRanks("moved", { moved: 1 });
    await connect("moved", "p-moved", { gateway: 1 });
    await Promise.all([
      said("on_client_wakeup", "moved", { gateway: 1 }),
      said("on_client_wakeup", "moved", { gateway: 0 }),
    ]);
    await expectRanks("moved", { moved: 0 });
    await said("on_client_gone", "moved", { gateway: 0 });
    await said("on_client_gone", "moved", { gateway: 1 });
    await expectRanks("moved", { moved: 2 });
    const counts = await query<{ rows: number; counted: number }>(
      "select (select count(*) from presence) as rows, (select sum(open + lost + queued + gone) from presence_counts) as counted",
    );
    expect(Number(counts[0]?.counted)).toBe(Number(counts[0]?.rows));
    const beats = await query<{ name: string; offset: number }>(
      "select name, clock_offset_ms as offset from gateways order by name",
    );
    expect(beats.map(({ name }) => name)).toEqual(["gw-1", "gw-2"]);
    for (const { offset } of beats) expect(Math.abs(offset)).toBeLessThan(1_000);
  });
});
