import { once } from "node:events";
import { createServer } from "node:http";
import { createVernemq } from "@/lib/broker/vernemq";
import type { SessionParts } from "@/lib/presence/read-live-session";
import { clientKeyOf } from "@/lib/presence/client-key";
import { rolesWithout, testContext } from "@/test/factories";
import { ANNOUNCED, logLife } from "@/test/log-life";
import { expect, test } from "vitest";
import { beginLogRequest } from "./begin-log-request";
import { cancelLogRequest } from "./cancel-log-request";
import { applyMissedEvents, beginDrafts, expireLogRequests } from "./catch-up";
import { confirmDeliveries } from "./confirm-deliveries";
import { discardUpload } from "./receive-upload";

const life = await logLife();
const { db, store, engineer, worker, later, phone, ask, lifeOf, stateOf, typesFor, commandsFor, answer } = life;
const { dispatch, apply, accepted, connect, putContent } = life;

const MINUTE = 60_000;
const causesOf = async (id: string) => (await lifeOf(id)).steps.map((step) => step.cause);
const sent = async () => {
  const clientId = await phone("online");
  const id = await ask(clientId);
  await dispatch(clientId);
  return { clientId, id };
};
/** Comes online anew, that long from now. */
const reconnect = (clientId: string, ms: number) => connect(clientKeyOf(clientId), "online", new Date(Date.now() + ms));

test("a silent phone is told again once on its next connection, not on the same one and not before the wait is over", async () => {
  const { clientId, id } = await sent();
  await dispatch(clientId, later(2 * MINUTE));
  expect(await typesFor(clientId)).toEqual(["logs.upload"]);
  await reconnect(clientId, 1_000);
  await dispatch(clientId, later(3_000));
  expect(await typesFor(clientId)).toEqual(["logs.upload"]);
  await dispatch(clientId, later(2 * MINUTE));
  await dispatch(clientId, later(10 * MINUTE));
  expect(await typesFor(clientId)).toEqual(["logs.upload", "logs.upload"]);
  expect(await causesOf(id)).toEqual(["requested", "dispatched", "repeated"]);
  expect(await stateOf(id)).toBe("sent");
});

test("a phone that flaps all day is told a bounded number of times, ever more rarely", async () => {
  const { clientId } = await sent();
  for (let minute = 1; minute <= 24 * 60; minute += 30) {
    await reconnect(clientId, minute * MINUTE - 1_000);
    await dispatch(clientId, later(minute * MINUTE));
  }
  // 48 connections; the waits grow to an hour.
  const told = (await typesFor(clientId)).length;
  expect(told).toBeGreaterThan(10);
  expect(told).toBeLessThan(35);
});

test.each(["busy", "not-on-wifi"])(
  "a phone that says %s is asked again later, and only its new answer counts",
  async (reason) => {
    const { clientId, id } = await sent();
    await answer(clientId, id, { type: "logs.declined", reason });
    await apply(id);
    await apply(id);
    expect(await lifeOf(id)).toMatchObject({ state: "waiting", failure: null });
    await dispatch(clientId);
    expect(await typesFor(clientId)).toEqual(["logs.upload"]);
    await dispatch(clientId, later(2 * MINUTE));
    await applyMissedEvents(worker, store);
    expect(await stateOf(id)).toBe("sent");
    await answer(clientId, id, ANNOUNCED);
    await apply(id);
    expect(await causesOf(id)).toEqual(["requested", "dispatched", "postponed", "dispatched", "accepted"]);
  },
);

test("events that come in the wrong order lead where the right order leads", async () => {
  const { clientId, id } = await sent();
  await answer(clientId, id, { ...ANNOUNCED, type: "logs.uploaded" });
  await answer(clientId, id, { type: "logs.progress", sentBytes: 40, totalBytes: ANNOUNCED.bytes });
  await answer(clientId, id, ANNOUNCED);
  await apply(id);
  expect(await causesOf(id)).toEqual(["requested", "dispatched", "accepted", "progressed", "uploaded"]);
});

test("a link that ran out is replaced by the clock while the phone is online, and on its next connection, a bounded number of times", async () => {
  const { clientId, id } = await accepted();
  await dispatch(clientId, later(14 * MINUTE));
  expect(await typesFor(clientId)).toHaveLength(2);
  for (let time = 1; time <= 12; time += 1) await dispatch(clientId, later(time * 70 * MINUTE));
  const puts = (await typesFor(clientId)).filter((type) => type === "logs.put");
  expect(puts).toHaveLength(9);
  expect((await lifeOf(id)).links).toBe(9);
  await answer(clientId, id, { type: "upload.expired" });
  await apply(id);
  expect(await lifeOf(id)).toMatchObject({ state: "failed", failure: { failure: "keptExpiring" } });
});

test("a phone that was killed while it sent gets a fresh link when it comes back", async () => {
  const { clientId, id } = await accepted();
  await answer(clientId, id, { type: "logs.progress", sentBytes: 35, totalBytes: ANNOUNCED.bytes });
  await apply(id);
  await reconnect(clientId, 2 * MINUTE);
  await dispatch(clientId, later(2 * MINUTE + 1_000));
  expect(await typesFor(clientId)).toEqual(["logs.upload", "logs.put", "logs.put"]);
  expect(await lifeOf(id)).toMatchObject({ state: "uploading", sentBytes: 35, links: 2 });
});

test.each([
  ["sent", sent],
  ["accepted", accepted],
])(
  "cancelling a request that is %s reaches the phone, again on its next connection, until it says that it stopped",
  async (_, make) => {
    const { clientId, id } = await make();
    await cancelLogRequest(engineer, { logRequestId: id });
    const before = (await typesFor(clientId)).length;
    expect((await typesFor(clientId)).at(-1)).toBe("logs.cancel");
    await reconnect(clientId, 2 * MINUTE);
    await dispatch(clientId, later(3 * MINUTE));
    expect(await typesFor(clientId)).toHaveLength(before + 1);
    await answer(clientId, id, { type: "logs.cancelled" });
    await apply(id);
    await apply(id);
    expect((await causesOf(id)).slice(-2)).toEqual(["cancelled", "stopped"]);
    await reconnect(clientId, 30 * MINUTE);
    await dispatch(clientId, later(60 * MINUTE));
    expect(await typesFor(clientId)).toHaveLength(before + 1);
    expect(await stateOf(id)).toBe("cancelled");
  },
);

test("cancelling a request that never went out tells the phone nothing", async () => {
  const clientId = await phone("queued");
  const id = await ask(clientId);
  await cancelLogRequest(engineer, { logRequestId: id });
  await reconnect(clientId, 1_000);
  await dispatch(clientId, later(MINUTE));
  expect(await typesFor(clientId)).toEqual([]);
});

test("a file that comes after the request had expired is taken, and marked late", async () => {
  const { clientId, id, upload } = await accepted();
  await expireLogRequests(later(73 * 3_600_000));
  expect(await stateOf(id)).toBe("expired");
  await answer(clientId, id, { ...ANNOUNCED, type: "logs.uploaded" });
  await apply(id);
  // Its word alone is no file.
  expect(await stateOf(id)).toBe("expired");
  expect((await putContent(upload)).status).toBe(200);
  await apply(id);
  expect(await lifeOf(id)).toMatchObject({ state: "received", late: true });
});

test("a late file is also found by looking, and what belongs to nobody is thrown away", async () => {
  const found = await accepted();
  await putContent(found.upload);
  await expireLogRequests(later(73 * 3_600_000));
  await discardUpload(worker, store, `uploads/${found.id}`);
  expect(await lifeOf(found.id)).toMatchObject({ state: "received", late: true });
  expect(await store.head(`uploads/${found.id}`)).not.toBeNull();
  const again = await accepted();
  await putContent(again.upload);
  await cancelLogRequest(engineer, { logRequestId: again.id });
  await discardUpload(worker, store, `uploads/${again.id}`);
  expect(await store.head(`uploads/${again.id}`)).toBeNull();
});

test("a phone that lists its files first is asked for the log when somebody has chosen, or not at all", async () => {
  const clientId = await phone("online");
  const id = await ask(clientId, { inventoryFirst: true });
  await dispatch(clientId);
  expect(await typesFor(clientId)).toEqual(["logs.list"]);
  const file = { name: "calls.1", start: "2026-11-19T01:00:00Z", end: "2026-11-20T01:00:00Z", bytes: 4096 };
  await answer(clientId, id, { type: "logs.listed", files: [file, { name: 7 }, { name: "x", start: "bad" }] });
  await apply(id);
  await apply(id);
  const listed = await lifeOf(id);
  expect(listed).toMatchObject({ state: "draft", files: [file, { name: "x", start: null }] });
  await beginDrafts(later(3_600_000));
  expect(await stateOf(id)).toBe("draft");

  const { from, to } = { from: file.start, to: file.end };
  expect(await beginLogRequest(engineer, { logRequestId: id, from, to })).toEqual({ state: "waiting" });
  await dispatch(clientId);
  expect((await commandsFor(clientId)).at(-1)).toMatchObject({ type: "logs.upload", from: "2026-11-19T01:00:00.000Z" });
  await apply(id);
  expect(await stateOf(id)).toBe("sent");
  await expect(beginLogRequest(engineer, { logRequestId: id })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await db.prisma.auditEvent.count({ where: { subjectId: id, action: "diagnostics.beginLogRequest" } })).toBe(1);
  for (const role of rolesWithout("diagnostics.request"))
    await expect(beginLogRequest(testContext(db, { role }), { logRequestId: id })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
});

test("the request waits for its time", async () => {
  const clientId = await phone("online");
  const startsAt = new Date(Date.now() + 3_600_000).toISOString();
  const id = await ask(clientId, { startsAt, onlyFailed: true, wifiOnly: true });
  await dispatch(clientId, later(30 * MINUTE));
  expect(await stateOf(id)).toBe("draft");
  expect(await beginDrafts(later(61 * MINUTE))).toContain(clientId);
  await dispatch(clientId, later(61 * MINUTE));
  expect(await commandsFor(clientId)).toMatchObject([{ type: "logs.upload", onlyFailed: true, wifiOnly: true }]);
});

test("what the broker holds for a phone tells a delivered command from one that is under way", async () => {
  const { clientId, id } = await sent();
  // VerneMQ's session/show, vmq_info: one row a subscription.
  const row = { node: "sub-1", is_online: true, clean_session: false, protocol: 4, session_started_at: null };
  let held = 1;
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    const table = [{ ...row, offline_messages: 0, waiting_acks: held, topic: null, qos: null }];
    response.end(JSON.stringify({ type: "table", table }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const adminUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const parts: SessionParts = {
    broker: createVernemq({ apiKey: "none" }),
    nodes: [{ name: "sub-1", adminUrl }],
    nowMs: () => performance.now(),
  };
  try {
    held = 0;
    await confirmDeliveries(worker, parts);
    expect(await stateOf(id)).toBe("sent");
    await db.pool.query("update messages set state = 'acknowledged' where client_id = $1", [clientId]);
    held = 1;
    await confirmDeliveries(worker, parts);
    expect(await stateOf(id)).toBe("sent");
    held = 0;
    await confirmDeliveries(worker, parts, { logRequestIds: [id] });
    expect(await stateOf(id)).toBe("delivered");
  } finally {
    server.close();
  }
});
