import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVernemq } from "@/lib/broker/vernemq";
import { createLog } from "@/lib/log/log";
import { API_KEY, startTestCluster, type TestCluster } from "@/test/broker/test-cluster";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, testContext } from "@/test/factories";
import { createDoubtAnswerer } from "./answer-doubts";
import { createAskClient, type AskClient } from "./ask-client";
import { clientKeyOf } from "./client-key";
import { databaseNowUs } from "./database-clock";
import { emptyFold, foldEvent, type PresenceEvent } from "./fold-events";
import { createListOnline, type ListOnline } from "./list-online";
import { writePresence } from "./write-presence";

const { db } = await testDatabase();
const worker = testContext(db, { process: "worker" });
const peer = { address: "203.0.113.9", port: 40_000 };
const LONG_AGO_US = 60_000_000;
let broker: TestCluster;
let ask: AskClient;
let listOnline: ListOnline;
let nowUs = 0;

beforeAll(async () => {
  broker = await startTestCluster({ nodes: 3 });
  await makeNode(db, { name: "n1" });
  await makeNode(db, { name: "n2" });
  const asking = {
    broker: createVernemq({ apiKey: API_KEY }),
    nodes: (["n1", "n2"] as const).map((name) => ({
      name,
      adminUrl: `http://127.0.0.1:${broker.node(name).httpPort}`,
    })),
    databaseNowUs: databaseNowUs(db.pool),
    nowMs: () => performance.now(),
    log: createLog("test", "silent"),
  };
  ask = createAskClient(asking);
  listOnline = createListOnline(asking);
  nowUs = await databaseNowUs(db.pool)();
});
afterAll(() => broker.close());

const answerDoubts = (asked = ask) => createDoubtAnswerer({ ask: asked, listOnline })(worker, { most: 5_000 });

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

describe("recording more doubts", () => {
  const confirmed = (clientId: string, node: string, agoUs: number): PresenceEvent => {
    return { kind: "confirmed", clientId, node, atUs: nowUs - agoUs, peer };
  };
  const hook = (event: PresenceEvent) => writePresence(db.pool, [[event].reduce(foldEvent, emptyFold(event.clientId))]);
  const opened = (clientId: string, node: string, agoUs: number, port = 40_000): PresenceEvent => {
    return { kind: "opened", clientId, node, atUs: nowUs - agoUs, peer: { ...peer, port } };
  };
  const startsOf = async (clientId: string) =>
    (await db.pool.query("select from sessions where client_key = $1", [clientKeyOf(clientId)])).rowCount;

  it("doubts two nodes that hold within 15 s: by beginnings, by an identity, and by a beginning that comes late", async () => {
    const [soon, later, identity, late] = await Promise.all([1, 2, 3, 4].map(() => makeClient(db)));
    if (!soon || !later || !identity || !late) throw new Error("four clients");
    await hook(opened(soon.clientId, "n1", 60_000_000));
    await hook(opened(soon.clientId, "n2", 50_000_000));
    expect(await doubtOf(soon.clientId)).toBe("two_nodes");
    await hook(opened(later.clientId, "n1", 60_000_000));
    await hook(opened(later.clientId, "n2", 40_000_000));
    expect(await doubtOf(later.clientId)).toBeNull();
    await hook(opened(identity.clientId, "n1", 60_000_000));
    await hook(confirmed(identity.clientId, "n2", 40_000_000));
    expect(await doubtOf(identity.clientId)).toBe("two_nodes");
    await hook(opened(late.clientId, "n1", 50_000_000));
    await hook(opened(late.clientId, "n2", 55_000_000));
    expect(await doubtOf(late.clientId)).toBe("two_nodes");
  });

  it("doubts an identity of a session that was not seen to begin, until its beginning comes", async () => {
    const { clientId } = await makeClient(db);
    await hook(confirmed(clientId, "n1", 5_000_000));
    expect(await doubtOf(clientId)).toBe("register_without_session");
    await hook(opened(clientId, "n1", 4_900_000));
    expect(await answerDoubts()).toMatchObject({ settled: 1 });
    expect(await doubtOf(clientId)).toBeNull();
  });

  it("takes a beginning told twice for one session, whatever came between, and the same ending too", async () => {
    const { clientId } = await makeClient(db);
    await hook(opened(clientId, "n1", 60_000_000));
    await hook(opened(clientId, "n1", 59_000_000));
    await told(clientId, { kind: "opened", node: "n1", agoUs: 58_000_000, withAuth: false });
    expect([await startsOf(clientId), await doubtOf(clientId)]).toEqual([0, "wakeup_without_auth"]);
    await hook(opened(clientId, "n1", 30_000_000, 40_001));
    expect(await startsOf(clientId)).toBe(1);
    await db.pool.query("delete from presence_doubts");
    await told(clientId, { kind: "ended", node: "n1", agoUs: 10_000_000 });
    await told(clientId, { kind: "ended", node: "n1", agoUs: 9_000_000 });
    expect([await startsOf(clientId), await doubtOf(clientId)]).toEqual([2, null]);
  });

  it("names a client that comes and goes all the time, with how often, for ten minutes after the last", async () => {
    const { clientId, clientKey } = await makeClient(db);
    const minute = 60_000_000;
    for (let n = 0; n < 12; n += 1) await hook(opened(clientId, n % 2 ? "n1" : "n2", 20 * minute - n * 18_000_000, n));
    const mark = await db.prisma.flappingClient.findUniqueOrThrow({ where: { clientKey } });
    expect(mark.connects).toBeGreaterThanOrEqual(10);
    expect(mark.lastAt.getTime() - mark.since.getTime()).toBeLessThan(minute / 1_000);
    expect(await doubtOf(clientId)).toBe("flapping");
    const calm = await makeClient(db);
    for (let n = 0; n < 12; n += 1) await hook(opened(calm.clientId, "n1", 20 * minute - n * 75_000_000, n));
    expect(await db.prisma.flappingClient.findUnique({ where: { clientKey: calm.clientKey } })).toBeNull();
  });

  it("ends a session with the life of its node that it began in, not with the next session", async () => {
    const { clientId, clientKey } = await makeClient(db);
    const node = await makeNode(db);
    await hook(opened(clientId, node.name, 60_000_000));
    const lostAt = new Date(nowUs / 1_000 - 30_000);
    await db.prisma.brokerNode.update({ where: { nodeId: node.nodeId }, data: { lostAt, state: "down" } });
    await hook(opened(clientId, "n1", 10_000_000));
    const { rows } = await db.pool.query("select ended_at, ending, reason from sessions where client_key = $1", [
      clientKey,
    ]);
    expect(rows).toEqual([{ ended_at: lostAt, ending: "queued", reason: "node_lost" }]);
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
    await answerDoubts();
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
    expect(await answerDoubts(slow)).toMatchObject({ asked: 1 });
    expect(await doubtOf(clientId)).toBe("ending_without_session");
    expect(await answerDoubts()).toEqual({ asked: 0, settled: 0, corrected: 0, dropped: 0 });
  });

  it("answers many at once by the nodes' lists, and asks only about those they do not show", async () => {
    const clientIds = await Promise.all(Array.from({ length: 150 }, async () => (await makeClient(db)).clientId));
    const online = clientIds.slice(0, 20);
    await Promise.all(online.map((clientId) => broker.connect("n2", { clientId, clean: false, username: "t" })));
    await Promise.all(clientIds.map((clientId) => told(clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 })));
    const asked: string[] = [];
    const counting: AskClient = (clientId) => {
      asked.push(clientId);
      return ask(clientId);
    };
    expect(await answerDoubts(counting)).toMatchObject({ asked: 150, corrected: 20 });
    expect(asked.toSorted()).toEqual(clientIds.slice(20).toSorted());
    const { rows } = await db.pool.query(
      "select count(*) as n from presence p join broker_nodes n using (node_id) where p.ver & 3 = 0 and n.name = 'n2' and p.client_key = any($1)",
      [online.map((clientId) => clientKeyOf(clientId))],
    );
    expect(rows).toEqual([{ n: 20 }]);
  });

  it("keeps one session where the broker was asked before the beginning came", async () => {
    const { clientId, clientKey } = await makeClient(db);
    await broker.connect("n1", { clientId, clean: false, username: "t" });
    await told(clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 });
    expect(await answerDoubts()).toMatchObject({ corrected: 1 });
    const corrected = await db.prisma.presence.findUniqueOrThrow({ where: { clientKey } });
    const late: PresenceEvent = {
      kind: "opened",
      clientId,
      node: "n1",
      atUs: await databaseNowUs(db.pool)(),
      peer: { address: corrected.peerAddress ?? "", port: corrected.peerPort ?? 0 },
    };
    await writePresence(db.pool, [foldEvent(emptyFold(clientId), late)]);
    expect((await db.prisma.presence.findUniqueOrThrow({ where: { clientKey } })).ver).toBe(corrected.ver);
    expect((await db.pool.query("select from sessions where client_key = $1", [clientKey])).rowCount).toBe(0);
  });

  it("takes back an ending that was another session's: the history keeps one session, from its beginning", async () => {
    const { clientId, clientKey } = await makeClient(db);
    await broker.connect("n1", { clientId, clean: false, username: "t" });
    await told(clientId, { kind: "ended", node: "n1", agoUs: 90_000_000 });
    await answerDoubts();
    const { peerAddress, peerPort } = await db.prisma.presence.findUniqueOrThrow({ where: { clientKey } });
    await db.pool.query("delete from presence where client_key = $1", [clientKey]);
    const now = await databaseNowUs(db.pool)();
    const its = { address: peerAddress ?? "", port: peerPort ?? 0 };
    const tell = (event: PresenceEvent) => writePresence(db.pool, [foldEvent(emptyFold(clientId), event)]);
    await tell({ kind: "opened", clientId, node: "n1", atUs: now - 9_000_000, peer: its });
    await tell({ kind: "ended", clientId, node: "n1", atUs: now - 1_000_000, rank: 1 });
    expect(await answerDoubts()).toMatchObject({ corrected: 1 });
    const beginnings = async () =>
      (
        await db.pool.query<{ us: number }>(
          "select (extract(epoch from started_at) * 1000000)::bigint as us from sessions where client_key = $1",
          [clientKey],
        )
      ).rows.map((row) => row.us);
    expect(await beginnings()).toEqual([]);
    await tell({ kind: "ended", clientId, node: "n1", atUs: now + 60_000_000, rank: 1 });
    expect(await beginnings()).toEqual([now - 9_000_000]);
  });

  it("knows a client nobody had heard of once the broker shows a session of it", async () => {
    const clientId = "found-by-asking";
    await broker.connect("n1", { clientId, clean: false, username: "t" });
    await told(clientId, { kind: "opened", node: "n1", agoUs: 5_000_000, withAuth: false });
    await answerDoubts();
    expect(await db.prisma.client.findUnique({ where: { clientId } })).toMatchObject({ personId: null });
  });

  it("asks again later when the broker gives no answer", async () => {
    const { clientId } = await makeClient(db);
    await told(clientId, { kind: "ended", node: "n1", agoUs: 5_000_000 });
    await answerDoubts(async () => ({ status: "no_answer", askedUs: nowUs, tookMs: 1_000 }));
    const doubt = await db.prisma.presenceDoubt.findUniqueOrThrow({ where: { clientKey: clientKeyOf(clientId) } });
    expect(doubt.attempts).toBe(1);
    expect(doubt.askAt.getTime()).toBeGreaterThan(nowUs / 1_000);
  });
});
