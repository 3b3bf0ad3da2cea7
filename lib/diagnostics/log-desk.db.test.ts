import { expect, test } from "vitest";
import { clientKeyOf } from "@/lib/presence/client-key";
import { makeNode } from "@/test/factories";
import { calls, collect, lineOf, testLogDesk } from "@/test/ready-log";
import { compareLog } from "./compare-log";
import { downloadLog } from "./download-log";
import { findFailure } from "./find-failure";
import { indexLog } from "./index-log";
import { listEndpoints } from "./list-endpoints";
import { readLog } from "./read-log";
import { readMoment } from "./read-moment";
import { summariseLog } from "./summarise-log";
import { pagesOf } from "./terms";

const { db, reader, engineer, ready, audited } = await testLogDesk();

test("every filter finds its lines, and its index says where each page begins", async () => {
  const logRequestId = await ready(
    calls(450, (index) => ({ ...(index % 100 === 7 ? { status: 503, error: "Upstream Timeout" } : {}), ms: index })),
  );
  const numbers = async (filter: Record<string, unknown>): Promise<number[]> =>
    (await readLog(reader)(engineer, { logRequestId, limit: 500, ...filter })).lines.map(({ n }) => n);
  expect(await numbers({ status: 503 })).toEqual([8, 108, 208, 308, 408]);
  expect(await numbers({ minMs: 447 })).toEqual([448, 449, 450]);
  expect(await numbers({ maxMs: 1 })).toEqual([1, 2]);
  expect(await numbers({ path: "/v1/orders/ABC-44*", minMs: 440 })).toEqual([
    441, 442, 443, 444, 445, 446, 447, 448, 449, 450,
  ]);
  expect(await numbers({ path: "/v1/orders/ABC-44" })).toEqual([45]);
  expect(await numbers({ host: "api.y" })).toEqual([]);
  expect(await numbers({ endpoint: "GET /v1/orders/{id}", from: "2026-11-19T14:07:28Z" })).toEqual([449, 450]);
  expect(await numbers({ to: "2026-11-19T14:00:01Z" })).toEqual([1]);
  expect(await numbers({ text: "upstream timeout" })).toEqual([8, 108, 208, 308, 408]);
  expect(await numbers({ text: "abc-(9|10)7$", isRegex: true })).toEqual([98, 108]);
  expect(await numbers({ aroundFailures: true, to: "2026-11-19T14:01:00Z" })).toEqual([6, 7, 8, 9, 10]);
  const index = await indexLog(reader)(engineer, { logRequestId });
  expect(index).toMatchObject({
    total: 450,
    failed: 5,
    anchors: [1, 101, 201, 301, 401],
    counts: { "2xx": 445, "5xx": 5 },
  });
  expect((await indexLog(reader)(engineer, { logRequestId, minMs: 100 })).anchors).toEqual([101, 201, 301, 401]);
});

test("an expression that is none is told with what is wrong in it, and one that would take for ever does not", async () => {
  const logRequestId = await ready(calls(3, () => ({ path: `/${"a".repeat(2_000)}` })));
  const asked = (text: string) => readLog(reader)(engineer, { logRequestId, text, isRegex: true });
  await expect(asked("orders/[0-9")).rejects.toMatchObject({
    code: "VALIDATION",
    message: expect.stringContaining("missing ]"),
  });
  expect((await asked("(a+)+$b")).lines).toEqual([]);
});

test("the first thousand lines are read by their numbers, wherever they are; of others the pages' beginnings are told", async () => {
  const logRequestId = await ready(calls(1_200, (index) => ({ status: index % 400 === 7 ? 500 : 200 })));
  const failed = await indexLog(reader)(engineer, { logRequestId, classes: ["5xx"] });
  expect(failed).toMatchObject({ total: 3, anchors: [8], numbers: [8, 408, 808] });
  const { lines } = await readLog(reader)(engineer, { logRequestId, numbers: failed.numbers });
  expect(lines.map(({ n, status }) => [n, status])).toEqual([
    [8, 500],
    [408, 500],
    [808, 500],
  ]);
  const all = await indexLog(reader)(engineer, { logRequestId });
  expect(all).toMatchObject({ total: 1_200, failed: 3, counts: { "2xx": 1_197, "5xx": 3 } });
  expect(all.numbers).toEqual(Array.from({ length: 1_000 }, (_, place) => place + 1));
  expect(all.anchors).toEqual(Array.from({ length: 12 }, (_, page) => page * 100 + 1));
  expect(pagesOf(all).map(({ numbers }) => numbers?.length ?? null)).toEqual([...Array(10).fill(100), null, null]);
});

test("what the phone's state was at a line, and its other logs of that day, are told", async () => {
  const logRequestId = await ready(calls(2));
  const { clientId } = await db.prisma.logRequest.findUniqueOrThrow({ where: { id: logRequestId } });
  const then = async (at: string) => (await readMoment(engineer, { logRequestId, at })).presence;
  expect(await then("2026-11-19T14:00:00Z")).toEqual({ status: "unknown" });
  const { nodeId, name } = await makeNode(db);
  await db.pool.query(
    `insert into sessions (client_key, node_id, started_at, ended_at, ending) values
       ($1, $2, '2026-11-19T13:00:00Z', '2026-11-19T13:59:00Z', 'gone'), ($1, $2, '2026-11-19T14:00:30Z', '2026-11-19T15:00:00Z', 'gone')`,
    [clientKeyOf(clientId), nodeId],
  );
  expect(await then("2026-11-19T14:00:00Z")).toEqual({
    status: "offline",
    since: "2026-11-19T13:59:00.000Z",
    until: "2026-11-19T14:00:30.000Z",
  });
  expect(await then("2026-11-19T14:30:00Z")).toEqual({
    status: "online",
    since: "2026-11-19T14:00:30.000Z",
    until: "2026-11-19T15:00:00.000Z",
    node: name,
  });
  expect(await then("2026-11-19T16:00:00Z")).toMatchObject({ status: "offline", until: null });

  const other = await ready(calls(3));
  await db.prisma.logRequest.update({ where: { id: other }, data: { clientId } });
  const near = await readMoment(engineer, { logRequestId, at: "2026-11-20T01:00:00Z" });
  expect(near.logs).toMatchObject([{ id: other, calls: 3, failedCalls: 0 }]);
  expect((await readMoment(engineer, { logRequestId, at: "2026-11-20T03:00:00Z" })).logs).toEqual([]);
});

test("the next and the previous failure are found from any line, with their place among all", async () => {
  const logRequestId = await ready(calls(300, (index) => (index % 100 === 50 ? { status: null } : {})));
  const find = (n: number, direction: "next" | "previous") =>
    findFailure(reader)(engineer, { logRequestId, n, direction });
  expect(await find(0, "next")).toEqual({ n: 51, place: 1, of: 3, index: 50 });
  expect(await find(51, "next")).toMatchObject({ n: 151, place: 2 });
  expect(await find(151, "previous")).toMatchObject({ n: 51, place: 1 });
  expect((await find(251, "next")).n).toBeNull();
});

test("endpoints are listed by their templates, the most failed first", async () => {
  const logRequestId = await ready([
    ...calls(20, (index) => ({ ms: index + 1 })),
    lineOf({ second: 30, method: "POST", path: "/v1/orders/quote", status: 503 }),
  ]);
  const [worst, other] = await listEndpoints(reader)(engineer, { logRequestId });
  expect(worst).toMatchObject({ endpoint: "POST /v1/orders/quote", calls: 1, failed: 1, firstFailure: 21 });
  expect(other).toMatchObject({
    endpoint: "GET /v1/orders/{id}",
    calls: 20,
    failed: 0,
    p50Ms: 10.5,
    bytes: 200,
    firstFailure: null,
  });
});

test("what stands out is found by rules: 401 and its refresh, a loop, an endpoint, a gap", async () => {
  const logRequestId = await ready([
    ...calls(10),
    ...Array.from({ length: 5 }, (_, index) => lineOf({ second: 20 + index, path: "/v1/chats", status: 401 })),
    lineOf({ second: 26, method: "POST", path: "/v1/auth/refresh", status: 400 }),
    lineOf({ second: 1_000 }),
    lineOf({ second: 1_001, method: "POST", path: "/v1/orders/quote", status: 503 }),
  ]);
  const { findings, facts } = await summariseLog(reader)(engineer, { logRequestId });
  expect(findings.unauthorized).toMatchObject({ n: 11, count: 5, refresh: { n: 16, status: 400 } });
  expect(findings.loops).toMatchObject([
    { n: 11, endpoint: "GET /v1/chats", calls: 5, statuses: [401], refreshes: { count: 1, status: 400 } },
  ]);
  expect(findings.fails[0]).toMatchObject({ endpoint: "GET /v1/chats", status: 401, count: 5, of: 5 });
  expect(findings.gaps[0]).toMatchObject({ n: 16.5, reason: "silent" });
  expect(facts).toMatchObject({ app: "12.4.1", format: "lines", mayReadOriginal: true });
});

test("a log is compared with the median of its app's other logs, and with one other", async () => {
  const others = await Promise.all([ready(calls(100)), ready(calls(100))]);
  const here = await ready(calls(100, (index) => (index < 8 ? { status: 500 } : {})));
  const fleet = await compareLog(reader)(engineer, { logRequestId: here });
  expect(fleet.other).toMatchObject({ kind: "fleet", app: "12.4.1" });
  expect(fleet.endpoints[0]).toMatchObject({
    endpoint: "GET /v1/orders/{id}",
    here: { failedShare: 0.08 },
    there: { failedShare: 0 },
  });
  const one = await compareLog(reader)(engineer, { logRequestId: here, otherId: others[0] });
  expect(one.other).toMatchObject({ kind: "log", logRequestId: others[0] });
});

test("a log is downloaded redacted in three forms, which can be read again", async () => {
  const logRequestId = await ready([
    ...calls(2),
    "=cmd|' /C calc'!A0",
    lineOf({ second: 9, path: "/v1/me?token=secret-1" }),
  ]);
  const as = async (format: "ndjson" | "csv" | "har") =>
    collect(await downloadLog(reader)(engineer, { logRequestId, format }));
  const ndjson = (await as("ndjson")).trimEnd().split("\n");
  expect(ndjson).toHaveLength(4);
  expect(JSON.parse(ndjson[0] ?? "")).toMatchObject({
    method: "GET",
    url: "https://api.x/v1/orders/ABC-0",
    app: "12.4.1",
  });
  const har = JSON.parse(await as("har")) as { log: { entries: unknown[] } };
  expect(har.log.entries).toHaveLength(3);
  const csv = await as("csv");
  expect(csv.split("\n")[0]).toContain("n,class,t,method");
  expect(csv).toContain("'=cmd");
  for (const text of [ndjson.join(), JSON.stringify(har), csv]) expect(text).not.toContain("secret-1");
  expect(await audited(logRequestId, "downloadLog")).toHaveLength(3);
});
