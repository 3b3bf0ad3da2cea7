import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { createLiveConnectClient } from "@/clients/typescript/client";
import { ensureApiKey, makeApiKey } from "@/lib/access/api-keys";
import { testDatabase } from "@/test/database";
import { freePort } from "@/test/free-port";

const MESSAGES = 10_000;
const A_CALL = 250;
// What is under way at once, and so the most that one crash can repeat.
const IN_FLIGHT = 256;

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

interface Taken {
  id: string;
  dup: boolean;
  at: number;
}

test("10 000 messages through a kill -9 of the publisher and one of a node: none is lost, and what came twice says so", async () => {
  const [one, other] = [await createNode("pub-1"), await createNode("pub-2")];
  await Promise.all([one.start(), other.start()]);
  const port = await freePort();
  const publisher = createKillable(async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "publisher/main.ts"], {
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
          [one, other].map(({ name, mqttUrl }) => ({
            name,
            mqttUrl,
            role: "publisher",
            adminUrl: "http://127.0.0.1:1",
          })),
        ),
      },
    });
    return child;
  });
  await publisher.start();
  const key = makeApiKey();
  await ensureApiKey(db.pool, { name: "kill", key, permissions: ["publish.send"] });
  const api = createLiveConnectClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: key });
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
  const takenBy = async (nodes: readonly { taken: () => Promise<Taken[]> }[]): Promise<Taken[]> =>
    (await Promise.all(nodes.map(({ taken }) => taken()))).flat();
  const reached = (count: number) =>
    expect
      .poll(async () => (await takenBy([one, other])).length, { timeout: 30_000, interval: 5 })
      .toBeGreaterThan(count);

  const published = publishAll();
  await reached(1_500);
  await publisher.kill();
  await publisher.start();
  await reached(5_000);
  await one.kill();
  await one.start();
  await published;
  const waiting = async () => (await db.pool.query("select from messages where state = 'accepted' limit 1")).rowCount;
  await expect.poll(waiting, { timeout: 20_000, interval: 100 }).toBe(0);

  expect(await db.prisma.message.count({ where: { state: "acknowledged" } })).toBe(MESSAGES);
  const taken = (await takenBy([one, other])).toSorted((a, b) => a.at - b.at || Number(a.dup) - Number(b.dup));
  const times = new Map<string, Taken[]>();
  for (const message of taken) times.set(message.id, [...(times.get(message.id) ?? []), message]);
  expect(ids.filter((id) => !times.has(id))).toEqual([]);
  const again = [...times.values()].filter((copies) => copies.length > 1);
  // QoS 1: at least once. Each repeat is marked, and there are no more than what was under way at a crash.
  expect(again.flatMap((copies) => copies.slice(1)).filter(({ dup }) => !dup)).toEqual([]);
  expect(again.length).toBeLessThanOrEqual(2 * IN_FLIGHT);
  const marked = await db.prisma.message.count({ where: { dup: true } });
  expect(marked).toBeGreaterThanOrEqual(again.length);
}, 90_000);
