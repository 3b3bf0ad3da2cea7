import { expect, test } from "vitest";
import { calls, lineOf, testLogDesk } from "@/test/ready-log";
import { indexLog } from "./index-log";
import { readLog } from "./read-log";
import { summariseLog } from "./summarise-log";

const { reader, engineer, ready } = await testLogDesk();

/** Twelve orders refused in turn with a line of text and a profile between, then refreshes. */
const log = [
  ...calls(10),
  ...Array.from({ length: 6 }, (_, index) => lineOf({ second: 20 + index, path: "/v1/orders", status: 401 })),
  lineOf({ second: 27, path: "/v1/me" }),
  "the app says something",
  ...Array.from({ length: 6 }, (_, index) => lineOf({ second: 28 + index, path: "/v1/orders", status: 401 })),
  lineOf({ second: 35, method: "POST", path: "/v1/auth/refresh", status: 400 }),
  ...calls(3),
];

test("a loop's neighbouring lines are folded, as the filter shows them, and told as the summary tells them", async () => {
  const logRequestId = await ready(log);
  const index = await indexLog(reader)(engineer, { logRequestId });
  expect(index).toMatchObject({
    total: 28,
    folds: [
      { place: 10, lines: 6, first: 11, last: 16, loop: 0 },
      { place: 18, lines: 7, first: 19, last: 25, loop: 0 },
    ],
    loops: [{ n: 11, lines: 13, calls: 12, endpoint: "GET /v1/orders", refreshes: { count: 1, status: 400 } }],
  });
  const { findings } = await summariseLog(reader)(engineer, { logRequestId });
  expect(findings.loops).toEqual(index.loops);

  const failed = { logRequestId, classes: ["4xx" as const] };
  const { folds } = await indexLog(reader)(engineer, failed);
  expect(folds).toEqual([{ place: 0, lines: 13, first: 11, last: 25, loop: 0 }]);
  expect((await readLog(reader)(engineer, failed)).lines.map(({ n }) => n)).toEqual([
    11, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 24, 25,
  ]);
});

test("what a filter leaves of a loop is folded only where it is more than two lines", async () => {
  const logRequestId = await ready(log);
  const until = async (to: string) => (await indexLog(reader)(engineer, { logRequestId, to })).folds;
  expect(await until("2026-11-19T14:00:22Z")).toEqual([]);
  expect(await until("2026-11-19T14:00:23Z")).toEqual([{ place: 10, lines: 3, first: 11, last: 13, loop: 0 }]);
});
