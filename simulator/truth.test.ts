import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseTruth, readTruth, trueStateAt } from "./truth";
import { recordTruth } from "./truth-recorder";

const START_MS = Date.parse("2026-11-22T02:00:00.000Z");
const later = (seconds: number): number => START_MS + seconds * 1_000;

let folder: string;
let file: string;
let nowMs: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "truth-"));
  file = path.join(folder, "deep", "truth.jsonl");
  nowMs = START_MS;
});
afterEach(() => rm(folder, { recursive: true }));

const record = () => recordTruth({ file, now: () => nowMs });
const phone = (node: string, attemptedAtMs = nowMs) => ({
  clientId: "and-1",
  node,
  cleanSession: false,
  attemptedAtMs,
});

test("a client is connected from CONNACK (inclusive) to the end of its connection (exclusive), and away after with the ending", async () => {
  const truth = record();
  truth.run({ run: "test", seed: 1, phones: 1, speed: 20, keepAliveSeconds: 3 });
  nowMs = later(10);
  const connection = truth.begin(phone("sub-1"));
  nowMs = later(20);
  truth.step("kill sub-1");
  connection.end("silent");
  nowMs = later(21);
  connection.end("lost");
  await truth.close();

  const read = await readTruth(file);
  expect(read.run).toMatchObject({ run: "test", keepAliveSeconds: 3 });
  expect(read.steps).toEqual([{ step: "kill sub-1", at: new Date(later(20)).toISOString() }]);
  expect(trueStateAt(read, "and-1", later(9))).toEqual({ status: "never-seen" });
  expect(trueStateAt(read, "and-1", later(10))).toEqual({ status: "connected", node: "sub-1", sinceMs: later(10) });
  const away = { status: "away", sinceMs: later(20), ending: "silent", node: "sub-1", cleanSession: false };
  expect(trueStateAt(read, "and-1", later(20))).toEqual(away);
  expect(trueStateAt(read, "and-2", later(20))).toEqual({ status: "never-seen" });
});

test("a loss while a newer connection was already under way is a take-over; one before it is a loss", async () => {
  const truth = record();
  const first = truth.begin(phone("sub-1"));
  nowMs = later(5);
  const attemptedAtMs = nowMs;
  nowMs = later(6);
  first.end("lost");
  nowMs = later(7);
  const second = truth.begin(phone("sub-2", attemptedAtMs));
  nowMs = later(8);
  second.end("lost");
  nowMs = later(9);
  truth.begin(phone("sub-1"));
  await truth.close();
  const { intervals } = await readTruth(file);
  expect(intervals.get("and-1")).toMatchObject([
    { node: "sub-1", ending: "taken-over" },
    { node: "sub-2", ending: "lost" },
    { node: "sub-1", ending: null, to: null },
  ]);
});

test("while two connections overlap the newer one counts, and the client is connected until the last of them ends", async () => {
  const truth = record();
  const old = truth.begin(phone("sub-1"));
  nowMs = later(5);
  const fresh = truth.begin(phone("sub-2"));
  nowMs = later(6);
  old.end("taken-over");
  nowMs = later(9);
  fresh.end("disconnect");
  await truth.close();
  const read = await readTruth(file);
  expect(trueStateAt(read, "and-1", later(4))).toMatchObject({ node: "sub-1" });
  expect(trueStateAt(read, "and-1", later(5.5))).toMatchObject({ node: "sub-2" });
  expect(trueStateAt(read, "and-1", later(8))).toMatchObject({ status: "connected", node: "sub-2" });
  expect(trueStateAt(read, "and-1", later(9))).toMatchObject({ status: "away", ending: "disconnect", node: "sub-2" });
});

test("a last line cut off by a crash is left out, and any other wrong line is named", () => {
  const step = JSON.stringify({ step: "kill sub-1", at: new Date(START_MS).toISOString() });
  expect(parseTruth(`${step}\n{"interval": 4, "cli`).steps).toHaveLength(1);
  expect(() => parseTruth(`${step}\n{"client":"x"}\n`)).toThrow(/Line 2/);
});
