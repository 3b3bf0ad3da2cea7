import { runQueue } from "@/lib/queue/run-queue";
import { ANNOUNCED, CONTENT, logLife, type PhoneState } from "@/test/log-life";
import { expect, test, vi } from "vitest";
import { applyDeviceEvents } from "./apply-device-events";
import { applyMissedEvents, expireLogRequests, findLostUploads, listAnsweredRequests } from "./catch-up";
import { dispatchLogRequests } from "./dispatch-log-requests";
import { getLogRequest } from "./get-log-request";

const life = await logLife();
const { db, url, store, log, engineer, worker, phone, ask, stateOf, commandsFor, answer, accepted, putContent } = life;

test.each<[PhoneState, string]>([
  ["online", "sent"],
  ["queued", "waiting"],
  ["unknown", "waiting"],
])("a request to a phone that is %s is then %s", async (phoneState, state) => {
  const clientId = await phone(phoneState);
  const id = await ask(clientId);
  await dispatchLogRequests(worker, { store, clientIds: [clientId] });
  expect(await stateOf(id)).toBe(state);
  expect(await commandsFor(clientId)).toHaveLength(state === "sent" ? 1 : 0);
});

test("many phones waking at once, four dispatchers: each command goes out once", async () => {
  const clientIds: string[] = [];
  for (let index = 0; index < 120; index += 1) clientIds.push(await phone("online"));
  await Promise.all(clientIds.map((clientId) => ask(clientId)));
  const sent = await Promise.all([1, 2, 3, 4].map(() => dispatchLogRequests(worker, { store, clientIds })));
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(120);
  const messages = await db.prisma.message.groupBy({
    by: ["clientId"],
    _count: true,
    where: { clientId: { in: clientIds } },
  });
  expect(messages).toHaveLength(120);
  expect(messages.every((row) => row._count === 1)).toBe(true);
});

test("two workers on one queue run a job once", async () => {
  const runs: string[] = [];
  const task = async ({ payload }: { payload: unknown }) => {
    runs.push(JSON.stringify(payload));
  };
  const tasks = { "diagnostics:dispatch": task };
  const queues = [1, 2].map(() => runQueue({ url, tasks, concurrency: 2, log }));
  const clientIds = await Promise.all([1, 2, 3, 4, 5, 6].map(() => phone("queued")));
  for (const clientId of clientIds) await ask(clientId);
  const mine = () => runs.filter((run) => clientIds.some((clientId) => run.includes(clientId)));
  await vi.waitFor(() => expect(new Set(mine()).size).toBe(6), { timeout: 10_000 });
  await Promise.all(queues.map((queue) => queue.close()));
  expect(mine()).toHaveLength(6);
}, 20_000);

test("the phone's yes is answered with a URL that takes exactly its file", async () => {
  const { clientId, id, upload } = await accepted();
  expect(await stateOf(id)).toBe("accepted");
  expect((await commandsFor(clientId)).map((command) => [command.id, command.type])).toEqual([
    [id, "logs.upload"],
    [id, "logs.put"],
  ]);
  expect((await putContent(upload)).status).toBe(200);
});

test("events that come twice, or again after a crash, act once", async () => {
  const { clientId, id } = await accepted();
  await answer(clientId, id, { type: "logs.progress", sentBytes: 40, totalBytes: CONTENT.length });
  const last = await answer(clientId, id, { ...ANNOUNCED, type: "logs.uploaded" });
  await answer(clientId, id, { type: "logs.uploaded" });
  expect(await listAnsweredRequests(worker, [last])).toEqual([id]);
  await Promise.all([1, 2, 3].map(() => applyDeviceEvents(worker, store, id)));
  const told = await getLogRequest(engineer, { logRequestId: id });
  expect(told.steps.map((step) => step.cause)).toEqual([
    "requested",
    "dispatched",
    "accepted",
    "progressed",
    "uploaded",
  ]);
  expect(told.steps.at(-1)?.actorName).toBe(clientId);
  expect(await commandsFor(clientId)).toHaveLength(2);
});

test("another phone cannot answer for this one", async () => {
  const clientId = await phone("online");
  const id = await ask(clientId);
  await dispatchLogRequests(worker, { store, clientIds: [clientId] });
  const forged = await answer(await phone("online"), id, { type: "logs.declined", reason: "not mine" });
  expect(await listAnsweredRequests(worker, [forged])).toEqual([]);
  await applyDeviceEvents(worker, store, id);
  expect(await stateOf(id)).toBe("sent");
});

test.each([
  [{ type: "logs.declined", reason: "user said no" }, "declined", { failure: "declined", text: "user said no" }],
  [{ type: "logs.failed", reason: 42 }, "failed", { failure: "device", text: null }],
  [{ type: "unsupported" }, "failed", { failure: "unsupported", text: null }],
  [{ ...ANNOUNCED, bytes: 2_000_000 }, "failed", { failure: "tooLarge", text: null }],
  [{ ...ANNOUNCED, sha256: "nonsense" }, "failed", { failure: "answerNotUnderstood", text: null }],
])("the answer %j ends the request and says why", async (event, state, failure) => {
  const clientId = await phone("online");
  const id = await ask(clientId, { maxBytes: 1_000_000 });
  await dispatchLogRequests(worker, { store, clientIds: [clientId] });
  await answer(clientId, id, event);
  await applyDeviceEvents(worker, store, id);
  expect(await getLogRequest(engineer, { logRequestId: id })).toMatchObject({ state, failure });
});

test("a link that ran out is renewed once for each time it was asked for", async () => {
  const { clientId, id, upload } = await accepted();
  await answer(clientId, id, { type: "upload.expired" });
  await applyDeviceEvents(worker, store, id);
  await applyDeviceEvents(worker, store, id);
  const commands = await commandsFor(clientId);
  expect(commands.map((command) => command.type)).toEqual(["logs.upload", "logs.put", "logs.put"]);
  expect(commands.at(-1)?.upload?.url.split("?")[0]).toBe(upload.url.split("?")[0]);
});

test("events nobody heard of are caught up by the clock", async () => {
  const clientId = await phone("online");
  const id = await ask(clientId);
  await dispatchLogRequests(worker, { store, clientIds: [clientId] });
  await answer(clientId, id, ANNOUNCED);
  await applyMissedEvents(worker, store);
  expect(await stateOf(id)).toBe("accepted");
});

test("a file whose event was lost is found in the store", async () => {
  const { id, upload } = await accepted();
  const later = life.later(120_000);
  await findLostUploads(later, store);
  expect(await stateOf(id)).toBe("accepted");
  await putContent(upload);
  await findLostUploads(later, store);
  const told = await getLogRequest(engineer, { logRequestId: id });
  expect(told.state).toBe("received");
  expect(told.steps.at(-1)?.cause).toBe("found");
});

test("a request whose time is over expires, and what it got is thrown away later", async () => {
  const { id } = await accepted();
  const later = life.later(73 * 3_600_000);
  await expireLogRequests(later);
  expect(await stateOf(id)).toBe("expired");
  const jobs = await db.pool.query(
    `select 1 from graphile_worker._private_jobs where payload::jsonb ->> 'uploadKey' = $1`,
    [`uploads/${id}`],
  );
  expect(jobs.rows).toHaveLength(1);
});
