import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVernemq } from "@/lib/broker/vernemq";
import { createLog } from "@/lib/log/log";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { answerDoubts } from "./answer-doubts";
import { createAskClient, type AskClient } from "./ask-client";
import { clientKeyOf } from "./client-key";
import { databaseNowUs } from "./database-clock";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { writePresence } from "./write-presence";

const { db } = await testDatabase();
const worker = testContext(db, { process: "worker" });
const peer = { address: "203.0.113.9", port: 40_000 };
const LONG_AGO_US = 60_000_000;
let broker: TestCluster;
let ask: AskClient;
let nowUs = 0;

beforeAll(async () => {
  broker = await startTestCluster({ nodes: 3 });
  await makeNode(db, { name: "n1" });
  await makeNode(db, { name: "n2" });
  ask = createAskClient({
    broker: createVernemq({ apiKey: API_KEY }),
    nodes: (["n1", "n2"] as const).map((name) => ({
      name,
      adminUrl: `http://127.0.0.1:${broker.node(name).httpPort}`,
    })),
    databaseNowUs: databaseNowUs(db.pool),
    nowMs: () => performance.now(),
    log: createLog("test", "silent"),
  });
  nowUs = await databaseNowUs(db.pool)();
});
afterAll(() => broker.close());

type Told = { kind: "opened" | "ended"; node: string; agoUs: number; withAuth?: boolean };

/** One batch of the gateway. */
async function told(clientId: string, ...events: Told[]): Promise<void> {
  const fold = events
    .map(({ kind, node, agoUs, withAuth = true }): PresenceEvent => {
      const seen = { clientId, node, atUs: nowUs - agoUs };
      return kind === "opened" ? { kind, ...seen, peer: withAuth ? peer : null } : { kind, ...seen, rank: 1 };
    })
    .reduce(foldEvent, emptyFold(clientId));
  await writePresence(db.pool, [fold]);
}

const doubtOf = async (clientId: string) =>
  (await db.prisma.presenceDoubt.findUnique({ where: { clientKey: clientKeyOf(clientId) } }))?.kind ?? null;

describe("recording doubts", () => {
  it("doubts an ending soon after its session began, in one batch and in two", async () => {
    const [one, two, late] = await Promise.all([makeClient(db), makeClient(db), makeClient(db)]);
    const opened = { kind: "opened", node: "n1", agoUs: LONG_AGO_US } as const;
    const soon = { kind: "ended", node: "n1", agoUs: LONG_AGO_US - 14_000_000 } as const;
    await told(one.clientId, opened, soon);
    await told(two.clientId, opened);
    expect(await doubtOf(two.clientId)).toBeNull();
    await told(two.clientId, soon);
    await told(late.clientId, opened);
    await told(late.clientId, { ...soon, agoUs: LONG_AGO_US - 16_000_000 });
    expect(await doubtOf(one.clientId)).toBe("early_ending");
    expect(await doubtOf(two.clientId)).toBe("early_ending");
    expect(await doubtOf(late.clientId)).toBeNull();
  });

  it("doubts an ending with nothing open, but not the old node's ending after a take-over", async () => {
    const [never, moved] = await Promise.all([makeClient(db), makeClient(db)]);
    await told(never.clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 });
    await told(moved.clientId, { kind: "opened", node: "n2", agoUs: LONG_AGO_US });
    await told(moved.clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 });
    expect(await doubtOf(never.clientId)).toBe("ending_without_session");
    expect(await doubtOf(moved.clientId)).toBeNull();
  });

  it("doubts a wakeup its node asked for no authentication of", async () => {
    const { clientId } = await makeClient(db);
    await told(clientId, { kind: "opened", node: "n1", agoUs: 5_000_000, withAuth: false });
    expect(await doubtOf(clientId)).toBe("wakeup_without_auth");
  });
});

describe("answering doubts", () => {
  it("corrects what the broker says otherwise, keeps the correction, and removes the doubt", async () => {
    const { clientId } = await makeClient(db);
    await broker.connect("n1", { clientId, clean: false, username: "t" });
    // The late ending of the session before, taken for this one's.
    await told(
      clientId,
      { kind: "opened", node: "n1", agoUs: 9_000_000 },
      { kind: "ended", node: "n1", agoUs: 8_000_000 },
    );
    await answerDoubts(worker, { ask, most: 100 });
    const row = await db.prisma.presence.findUniqueOrThrow({ where: { clientKey: clientKeyOf(clientId) } });
    expect([row.ver & 3n, row.proofKind]).toEqual([0n, "verify"]);
    expect(await doubtOf(clientId)).toBeNull();
    const kept = await db.pool.query("select kind, before, after from presence_corrections where client_key = $1", [
      clientKeyOf(clientId),
    ]);
    expect(kept.rows).toEqual([{ kind: "early_ending", before: "offline_queued", after: "online" }]);
  });

  it("leaves a doubt that is not due, and one that came while another was answered", async () => {
    const { clientId } = await makeClient(db);
    await told(clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 });
    const slow: AskClient = async (asked) => {
      const answer = await ask(asked);
      await told(clientId, { kind: "ended", node: "n1", agoUs: -60_000_000 });
      return answer;
    };
    expect(await answerDoubts(worker, { ask: slow, most: 100 })).toMatchObject({ asked: 1 });
    expect(await doubtOf(clientId)).toBe("ending_without_session");
    expect(await answerDoubts(worker, { ask, most: 100 })).toEqual({ asked: 0, corrected: 0, dropped: 0 });
  });

  it("asks again later when the broker gives no answer", async () => {
    const { clientId } = await makeClient(db);
    await told(clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 });
    await answerDoubts(worker, {
      ask: async () => ({ status: "no_answer", askedUs: nowUs, tookMs: 1_000 }),
      most: 100,
    });
    const doubt = await db.prisma.presenceDoubt.findUniqueOrThrow({ where: { clientKey: clientKeyOf(clientId) } });
    expect(doubt.attempts).toBe(1);
    expect(doubt.askAt.getTime()).toBeGreaterThan(nowUs / 1_000);
  });
});
