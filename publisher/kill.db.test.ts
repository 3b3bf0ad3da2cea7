import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { createLiveConnectClient, type LiveConnectClient } from "@/clients/typescript/client";
import { ensureApiKey, makeApiKey } from "@/lib/access/api-keys";
import { testDatabase } from "@/test/database";
import { makeNode } from "@/test/factories";
import { freePort } from "@/test/free-port";

const MESSAGES = 10_000;
const A_CALL = 250;
// What is sent and not acknowledged, and so the most that a node's crash can repeat; and not recorded, the most that a publisher's can.
const UNACKNOWLEDGED = 256;
const UNRECORDED = 1_024;

const { db, url } = await testDatabase();
const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-kill-"));
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A process that can be killed and started again. */
function createKillable(start: () => Promise<ChildProcess>) {
  let child: ChildProcess | null = null;
  return {
    start: async () => {
      child = await start();
      children.add(child);
    },
    kill: async () => {
      const exited = child && once(child, "exit");
      child?.kill("SIGKILL");
      await exited;
    },
  };
}

async function createNode(name: string) {
  const port = await freePort();
  const file = path.join(folder, `${name}.jsonl`);
  const node = createKillable(async () => {
    const child = fork("test/recording-broker.ts", [String(port), file], { execArgv: ["--import", "tsx"] });
    await once(child, "message");
    return child;
  });
  const taken = async (): Promise<Taken[]> =>
    (await readFile(file, "utf8").catch(() => ""))
      .split("\n")
      .filter(Boolean)
      .map((line): Taken => JSON.parse(line));
  return { ...node, name, taken, mqttUrl: `mqtt://127.0.0.1:${port}` };
}

/** A publisher in a process of its own, and a client with a key of it. */
async function createPublisher(nodes: readonly { name: string; mqttUrl: string }[]) {
  const port = await freePort();
  const publisher = createKillable(async () =>
    spawn(process.execPath, ["--import", "tsx", "publisher/main.ts"], {
      stdio: "ignore",
      env: {
        ...process.env,
        LOG_LEVEL: "silent",
        DATABASE_URL: url,
        PUBLISHER_PORT: String(port),
        PUBLISHER_USERNAME: "publisher",
        PUBLISHER_PASSWORD: randomUUID(),
        PUBLISHER_INSTANCE: "kill",
        BROKER_NODES: JSON.stringify(
          nodes.map(({ name, mqttUrl }) => ({ name, mqttUrl, role: "publisher", adminUrl: "http://127.0.0.1:1" })),
        ),
      },
    }),
  );
  const key = makeApiKey();
  await ensureApiKey(db.pool, { name: `kill ${key}`, key, permissions: ["publish.send", "publish.read"] });
  return { publisher, api: createLiveConnectClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: key }) };
}

interface Taken {
  id: string;
  topicName: string;
  dup: boolean;
  at: number;
}

type Recording = readonly { taken: () => Promise<Taken[]> }[];

/** What the nodes took, in the order of time; of one moment, what is marked as a repeat is later. */
const takenBy = async (nodes: Recording): Promise<Taken[]> =>
  (await Promise.all(nodes.map(({ taken }) => taken())))
    .flat()
    .toSorted((a, b) => a.at - b.at || Number(a.dup) - Number(b.dup));

function copiesOf(taken: readonly Taken[], nameOf: (one: Taken) => string): Map<string, Taken[]> {
  const copies = new Map<string, Taken[]>();
  for (const one of taken) copies.set(nameOf(one), [...(copies.get(nameOf(one)) ?? []), one]);
  return copies;
}

const reached = (nodes: Recording, count: number) =>
  expect.poll(async () => (await takenBy(nodes)).length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(count);

test("10 000 messages through a kill -9 of the publisher and one of a node: none is lost, and what came twice says so", async () => {
  const [one, other] = [await createNode("pub-1"), await createNode("pub-2")];
  await Promise.all([one.start(), other.start()]);
  const { publisher, api } = await createPublisher([one, other]);
  await publisher.start();
  const ids = Array.from({ length: MESSAGES }, () => randomUUID());

  const publishAll = async (): Promise<void> => {
    for (let from = 0; from < MESSAGES; from += A_CALL) {
      const messages = ids.slice(from, from + A_CALL).map((id, n) => ({
        to: { topicName: `orders/${(from + n) % 500}` },
        payload: id,
        idempotencyKey: id,
      }));
      // a service whose call fails does not know what became of it, and repeats it with the same keys
      for (let isAccepted = false; !isAccepted;) {
        const answer = await api.POST("/v1/messages/batch", { body: { messages } }).catch(() => null);
        isAccepted = answer?.data?.results.every((result) => !("problem" in result)) ?? false;
        if (!isAccepted) await wait(100);
      }
    }
  };
  const published = publishAll();
  await reached([one, other], 1_500);
  await publisher.kill();
  await publisher.start();
  await reached([one, other], 5_000);
  await one.kill();
  await one.start();
  await published;
  const waiting = async () => (await db.pool.query("select from messages where state = 'accepted' limit 1")).rowCount;
  await expect.poll(waiting, { timeout: 20_000, interval: 100 }).toBe(0);

  expect(await db.prisma.message.count({ where: { state: "acknowledged" } })).toBe(MESSAGES);
  const times = copiesOf(await takenBy([one, other]), ({ id }) => id);
  expect(ids.filter((id) => !times.has(id))).toEqual([]);
  const again = [...times.values()].filter((copies) => copies.length > 1);
  // QoS 1: at least once. Each repeat is marked, and there are no more than what was under way at a crash.
  expect(again.flatMap((copies) => copies.slice(1)).filter(({ dup }) => !dup)).toEqual([]);
  expect(again.length).toBeLessThanOrEqual(UNRECORDED + UNACKNOWLEDGED);
  const marked = await db.prisma.message.count({ where: { dup: true } });
  expect(marked).toBeGreaterThanOrEqual(again.length);
  // or it would share the next test's outbox
  await publisher.kill();
}, 90_000);

const CLIENTS = Number(process.env.KILL_CLIENTS ?? 3_000);

/** Clients that are online, as far as the database knows. */
async function makeOnline(clients: number): Promise<void> {
  await db.pool.query("truncate messages, presence, presence_counts, clients cascade");
  const { nodeId } = await makeNode(db);
  await db.pool.query(
    `with c as (
       insert into clients (client_key, client_id, platform, clean_session)
       select md5('/' || id)::uuid, id, 'android', false from (select 'kill-' || n as id from generate_series(1, $1::int) n) given
       returning client_key)
     insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at)
     select client_key, (extract(epoch from now()) * 1000000)::bigint * 4, $2, now(), 'hook', now() from c`,
    [clients, nodeId],
  );
}

/** Sends to all who are online, as soon as the publisher takes it; the send's id. */
async function startSend(api: LiveConnectClient): Promise<string> {
  const body = { to: { clients: { states: ["online" as const] }, ratePerSecond: 2_000 }, payload: "killed" };
  const params = { header: { "idempotency-key": randomUUID() } };
  const started = async () => (await api.POST("/v1/messages", { body, params }).catch(() => null))?.data?.messageId;
  let sendId: string | null | undefined;
  await expect.poll(async () => (sendId = await started()), { timeout: 20_000 }).toBeTruthy();
  return sendId ?? "";
}

/** Waits until the send has reached all of them, each with one message. */
async function untilFinished(sendId: string, clients: number): Promise<void> {
  const send = () => db.prisma.send.findUniqueOrThrow({ where: { id: sendId } });
  await expect.poll(async () => (await send()).state, { timeout: 60_000, interval: 100 }).toBe("finished");
  expect(await send()).toMatchObject({ handed: clients, waiting: 0, failed: 0, expired: 0 });
  const { rows } = await db.pool.query<{ messages: number; clients: number }>(
    "select count(*) as messages, count(distinct client_id) as clients from messages where send_id = $1 and state = 'acknowledged'",
    [sendId],
  );
  expect(rows).toEqual([{ messages: clients, clients }]);
}

test(`a send to ${CLIENTS} clients through kill -9 of its publisher: each gets it, none gets another message of it, and what came twice says so`, async () => {
  const node = await createNode("pub-3");
  await node.start();
  await makeOnline(CLIENTS);
  const { publisher, api } = await createPublisher([node]);
  await publisher.start();
  const sendId = await startSend(api);
  for (const part of [0.3, 0.6]) {
    await reached([node], CLIENTS * part);
    await publisher.kill();
    await publisher.start();
  }
  await untilFinished(sendId, CLIENTS);
  const taken = await node.taken();
  expect(new Set(taken.map(({ topicName }) => topicName)).size).toBe(CLIENTS);
  const again = taken.length - CLIENTS;
  expect(again).toBeLessThanOrEqual(2 * UNRECORDED);
  expect(taken.filter(({ dup }) => dup).length).toBeGreaterThanOrEqual(again);
  await publisher.kill();
}, 90_000);

test(`a send to ${MESSAGES} clients through kill -9 of one publisher node and of the other: each gets it, and what came twice says so`, async () => {
  const nodes = [await createNode("pub-4"), await createNode("pub-5")];
  await Promise.all(nodes.map((node) => node.start()));
  await makeOnline(MESSAGES);
  const { publisher, api } = await createPublisher(nodes);
  await publisher.start();
  const sendId = await startSend(api);
  for (const [index, node] of nodes.entries()) {
    await reached(nodes, MESSAGES * (0.3 + 0.3 * index));
    await node.kill();
    await node.start();
  }
  await untilFinished(sendId, MESSAGES);
  const taken = await takenBy(nodes);
  const copies = copiesOf(taken, ({ topicName }) => topicName);
  expect(copies.size).toBe(MESSAGES);
  const again = [...copies.values()].filter(({ length }) => length > 1);
  expect(again.flatMap((all) => all.slice(1)).filter(({ dup }) => !dup)).toEqual([]);
  expect(taken.length - MESSAGES).toBeLessThanOrEqual(nodes.length * UNACKNOWLEDGED);
  await publisher.kill();
}, 120_000);
