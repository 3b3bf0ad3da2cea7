import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "@/test/database";
import { makeClient, makeNode, rolesWithout, testContext } from "@/test/factories";
import { acceptMessages } from "../accept-messages";
import { cancelSend, decideSend, pauseSend, resumeSend } from "./change-send";
import { countRecipients, getSend, listSends, readSendPayload } from "./read-sends";
import { createSendPages, readRunning } from "./send-pages";
import { lapseSends, settleSends } from "./settle-sends";
import { startSend } from "./start-send";

const { db } = await testDatabase();
const engineer = testContext(db);
const other = testContext(db);
const service = testContext(db, { permissions: ["publish.send", "publish.read"] });

beforeEach(() => db.pool.query("truncate sends, messages, presence, presence_counts, clients, broker_nodes cascade"));

/** Clients of one node: so many online, queued and gone. */
async function makeFleet(counts: { online?: number; queued?: number; gone?: number }) {
  const node = await makeNode(db);
  const ids: string[] = [];
  await db.pool.query(
    `insert into presence_cohorts values (presence_cohort('android', '12.4.1', false), 'android', '12.4.1', false) on conflict do nothing`,
  );
  for (const [rank, count] of [counts.online, counts.queued, counts.gone].entries())
    for (let n = 0; n < (count ?? 0); n += 1) {
      const client = await makeClient(db, { personId: `p-${n % 3}` });
      ids.push(client.clientId);
      await db.pool.query(
        `insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at, cohort)
         values ($1, $2, $3, now(), 'hook', now(), presence_cohort('android', '12.4.1', false))`,
        [client.clientKey, Date.now() * 4_000 + rank, node.nodeId],
      );
    }
  return { node, ids };
}

const message = (given: object = {}) => ({ to: { clients: {} }, payload: "hello", ...given });
const walker = (commit = (work: () => ReturnType<typeof acceptMessages>) => work()) =>
  createSendPages({ pool: db.pool, by: randomUUID(), nowMs: () => performance.now(), commit });

/** Walks every send to its end, in pages of `page`. */
async function walk(page = 256, pages = walker()): Promise<void> {
  for (let rounds = 0; rounds < 200; rounds += 1) {
    const running = await readRunning(db.pool);
    if (running.length === 0) return;
    for (const send of running) await pages.take(send, page);
  }
  throw new Error("the walk does not end");
}
const messagesTo = async () =>
  (await db.prisma.message.findMany({ where: { source: "send" } })).map(({ clientId }) => clientId);
const acknowledgeAll = () => db.pool.query("update messages set state = 'acknowledged'");
const audited = async (sendId: string) =>
  (await db.prisma.auditEvent.findMany({ where: { subjectId: sendId }, orderBy: { id: "asc" } })).map(
    ({ action, details }) => ({ action, details }),
  );

describe("whom a send would reach", () => {
  test("is counted by the words of the search, whichever way the count is taken", async () => {
    const { ids, node } = await makeFleet({ online: 4, queued: 3, gone: 2 });
    const count = (clients: object) => countRecipients(engineer, { clients });
    const all = { total: 9, online: 4, offlineQueued: 3, offlineGone: 2, unknown: 0, neverSeen: 0 };
    expect(await count({})).toEqual(all);
    expect(await count({ nodes: [node.name], platforms: ["android"], appVersions: ["12.4.1"] })).toEqual(all);
    expect(await count({ seen: "hour" })).toEqual(all);
    expect(await count({ platforms: ["ios"] })).toMatchObject({ total: 0 });
    expect(await count({ states: ["online", "offline_queued"] })).toMatchObject({ total: 7, offlineGone: 0 });
    expect(await count({ states: ["online"], seen: "day" })).toMatchObject({ total: 4 });
    const listed = [ids[0] ?? "", ids[8] ?? "", ids[8] ?? "", "never-seen"];
    expect(await count({ clientIds: listed })).toMatchObject({ total: 2, online: 1, offlineGone: 1, neverSeen: 1 });
  });
});

describe("a send", () => {
  test("reaches each client that fits once, in pages, and is finished when the broker has all of it", async () => {
    const { ids } = await makeFleet({ online: 12, queued: 5, gone: 4 });
    const started = await startSend(service, message({ to: { clients: { states: ["online", "offline_queued"] } } }));
    expect(started).toMatchObject({ repeated: false, send: { state: "running", expected: 17, done: 0 } });
    await walk(5);
    expect((await messagesTo()).toSorted()).toEqual(ids.slice(0, 17).toSorted());
    await settleSends(db.pool, 1_000);
    expect(await getSend(service, { sendId: started.send.sendId })).toMatchObject({ state: "running", waiting: 17 });
    await acknowledgeAll();
    await settleSends(db.pool, 1_000);
    const done = await getSend(service, { sendId: started.send.sendId });
    expect(done).toMatchObject({ state: "finished", done: 17, waiting: 0, failed: 0, perSecond: 8.5 });
    // one row for the send, not one a message
    expect((await audited(started.send.sendId)).map(({ action }) => action)).toEqual(["publish.startSend"]);
  });

  test("goes to the listed clients that were ever seen, within the filters beside the list", async () => {
    const { ids } = await makeFleet({ online: 3, gone: 2 });
    const clientIds = [ids[0] ?? "", ids[3] ?? "", "never-seen"];
    await startSend(service, message({ to: { clients: { clientIds, states: ["online"] } } }));
    await walk();
    expect(await messagesTo()).toEqual([ids[0]]);
  });

  test("is walked by two processes at once without a client lost or given it twice", async () => {
    const { ids } = await makeFleet({ online: 60 });
    await startSend(service, message());
    await Promise.all([walk(7), walk(11), walk(13)]);
    const reached = await messagesTo();
    expect(reached.toSorted()).toEqual(ids.toSorted());
    expect(await db.prisma.send.findFirst()).toMatchObject({ handed: 60, walked: true });
  });

  test("whose page is not committed goes on as if it had not been read", async () => {
    const { ids } = await makeFleet({ online: 20 });
    await startSend(service, message());
    let fails = 3;
    const pages = walker(async (work) => {
      if (fails-- > 0) throw new Error("the database went away");
      return work();
    });
    for (let n = 0; n < 3; n += 1)
      for (const send of await readRunning(db.pool)) await pages.take(send, 6).catch(() => undefined);
    expect(await messagesTo()).toEqual([]);
    await walk(6, pages);
    expect((await messagesTo()).toSorted()).toEqual(ids.toSorted());
  });

  test("from the console fills in each client's variables, and leaves out those that have none", async () => {
    const { ids } = await makeFleet({ online: 2 });
    await db.prisma.client.update({ where: { clientId: ids[1] ?? "" }, data: { personId: null } });
    const { send } = await startSend(
      engineer,
      message({ payload: '{"who":"{{personId}}","id":"{{clientId}}"}', confirmedClients: 2 }),
    );
    await walk();
    expect(await messagesTo()).toEqual([ids[0]]);
    expect(await getSend(engineer, { sendId: send.sendId })).toMatchObject({ skipped: 1, waiting: 1 });
    // what a service says is sent as it is
    await db.prisma.message.deleteMany();
    await startSend(service, message({ payload: "{{personId}}" }));
    await walk();
    expect(await messagesTo()).toHaveLength(2);
  });

  test("stops at the number of clients it may reach, however many fit by then", async () => {
    await makeFleet({ online: 3 });
    const key = testContext(db, { permissions: ["publish.send", "publish.read"], mostRecipients: 5 });
    const { send } = await startSend(key, message());
    await makeFleet({ online: 5 });
    await walk(2);
    expect(await messagesTo()).toHaveLength(5);
    expect(await getSend(key, { sendId: send.sendId })).toMatchObject({
      state: "failed",
      failure: "more_clients_than_allowed",
    });
    await expect(startSend(key, message())).rejects.toMatchObject({ code: "LIMIT" });
  });

  test("is begun once with one idempotency key, also by two calls at the same time, and by another's key again", async () => {
    await makeFleet({ online: 2 });
    const idempotencyKey = randomUUID();
    const [one, two] = await Promise.all([
      startSend(service, message({ idempotencyKey })),
      startSend(service, message({ idempotencyKey })),
    ]);
    expect(one.send.sendId).toBe(two.send.sendId);
    expect([one.repeated, two.repeated].toSorted()).toEqual([false, true]);
    await expect(startSend(service, message({ idempotencyKey, payload: "else" }))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await db.pool.query("update sends set made_at = now() - interval '25 hours'");
    expect((await startSend(service, message({ idempotencyKey, payload: "else" }))).repeated).toBe(false);
    expect((await startSend(engineer, message({ idempotencyKey, confirmedClients: 2 }))).repeated).toBe(false);
    expect(await db.prisma.send.count()).toBe(3);
  });

  test("is paused, goes on where it stood, and is cancelled for good; a second call is harmless, one too late CONFLICT", async () => {
    await makeFleet({ online: 9 });
    const { send } = await startSend(service, message());
    const sendId = { sendId: send.sendId };
    const pages = walker();
    for (const one of await readRunning(db.pool)) await pages.take(one, 4);
    expect(await pauseSend(engineer, sendId)).toMatchObject({ state: "paused" });
    expect(await pauseSend(engineer, sendId)).toMatchObject({ state: "paused" });
    await walk(4, pages);
    expect(await messagesTo()).toHaveLength(4);
    await resumeSend(service, sendId);
    for (const one of await readRunning(db.pool)) await pages.take(one, 2);
    expect(await cancelSend(service, sendId)).toMatchObject({ state: "cancelled", waiting: 6 });
    expect(await cancelSend(service, sendId)).toMatchObject({ state: "cancelled" });
    await expect(resumeSend(service, sendId)).rejects.toMatchObject({ code: "CONFLICT" });
    await walk(4, pages);
    expect(new Set(await messagesTo()).size).toBe(6);
    await acknowledgeAll();
    await settleSends(db.pool, 0);
    expect(await getSend(service, sendId)).toMatchObject({ state: "cancelled", done: 6, waiting: 0 });
    expect((await audited(send.sendId)).map(({ action }) => action)).toEqual([
      "publish.startSend",
      "publish.pauseSend",
      "publish.pauseSend",
      "publish.resumeSend",
      "publish.cancelSend",
      "publish.cancelSend",
      "publish.resumeSend",
    ]);
  });

  test("is refused without the permission, outside the key's topics, and is nobody's business but its key's", async () => {
    await makeFleet({ online: 1 });
    for (const role of rolesWithout("publish.send"))
      await expect(startSend(testContext(db, { role }), message({ confirmedClients: 1 }))).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
    const narrow = testContext(db, { permissions: ["publish.send"], topicFilters: ["lc/v1/clients/and-1/inbox"] });
    await expect(startSend(narrow, message())).rejects.toMatchObject({ code: "FORBIDDEN" });
    const { send } = await startSend(service, message());
    const stranger = testContext(db, { permissions: ["publish.send", "publish.read"] });
    for (const verb of [getSend, pauseSend, cancelSend])
      await expect(verb(stranger, { sendId: send.sendId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await listSends(stranger, {})).sends).toEqual([]);
    expect((await listSends(engineer, {})).sends).toMatchObject([{ sendId: send.sendId, own: false }]);
  });
});

describe("a send from the console", () => {
  test("asks for its number to be confirmed, and again when it has more than doubled", async () => {
    await makeFleet({ online: 12 });
    await expect(startSend(engineer, message())).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(startSend(engineer, message({ confirmedClients: 5 }))).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await startSend(engineer, message({ confirmedClients: 6 }))).send.expected).toBe(12);
  });

  test("to many waits for a second operator: not for oneself, once for two at the same time, with a row for each word", async () => {
    process.env.SEND_APPROVAL_ABOVE = "3";
    const { ids } = await makeFleet({ online: 4 });
    const { send } = await startSend(engineer, message({ confirmedClients: 4 }));
    expect(send).toMatchObject({ state: "needs_approval", own: true, approval: { decidedBy: null } });
    await walk();
    expect(await messagesTo()).toEqual([]);
    const { sendId } = send;
    await expect(decideSend(engineer, { sendId, decision: "approve" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(decideSend(testContext(db, { role: "admin" }), { sendId, decision: "approve" })).rejects.toMatchObject(
      { code: "FORBIDDEN" },
    );
    await expect(resumeSend(other, { sendId })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await readSendPayload(other, { sendId })).toMatchObject({ text: "hello" });

    const third = testContext(db);
    const words = await Promise.all([
      decideSend(other, { sendId, decision: "approve" }),
      decideSend(third, { sendId, decision: "approve" }),
    ]);
    expect(words.map(({ took }) => took).toSorted()).toEqual([false, true]);
    expect(words.map((word) => word.send.state)).toEqual(["running", "running"]);
    const rows = (await audited(sendId)).filter(({ action }) => action === "publish.approveSend");
    const [own, ...decided] = rows.map(({ details }) => details);
    expect(own).toEqual({ refused: "FORBIDDEN" });
    expect(decided.map((details) => (details as { took: boolean }).took).toSorted()).toEqual([false, true]);
    expect((await decideSend(third, { sendId, decision: "decline" })).took).toBe(false);
    await walk();
    expect((await messagesTo()).toSorted()).toEqual(ids.toSorted());
    delete process.env.SEND_APPROVAL_ABOVE;
  });

  test("that is declined, cancelled or not approved in time reaches nobody", async () => {
    process.env.SEND_APPROVAL_ABOVE = "1";
    await makeFleet({ online: 2 });
    const start = async () => (await startSend(engineer, message({ confirmedClients: 2 }))).send.sendId;
    const [declined, cancelled, lapsed] = [await start(), await start(), await start()];
    expect(await decideSend(other, { sendId: declined, decision: "decline" })).toMatchObject({
      took: true,
      send: { state: "declined" },
    });
    expect(await cancelSend(engineer, { sendId: cancelled })).toMatchObject({ state: "cancelled" });
    await db.pool.query("update sends set approve_by = now() - interval '1 second' where id = $1", [lapsed]);
    expect((await decideSend(other, { sendId: lapsed, decision: "approve" })).took).toBe(false);
    expect(await lapseSends(db.pool)).toEqual([{ id: lapsed, state: "lapsed" }]);
    expect(await lapseSends(db.pool)).toEqual([]);
    await walk();
    expect(await messagesTo()).toEqual([]);
    expect((await audited(lapsed)).at(-1)?.action).toBe("publish.lapseSend");
    delete process.env.SEND_APPROVAL_ABOVE;
  });
});
