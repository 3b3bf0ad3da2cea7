import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDeviceStorage } from "./device-storage";

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "device-storage-"));
  folder = path.join(parent, "and-1");
});
afterEach(() => rm(parent, { recursive: true }));

const open = () => openDeviceStorage({ folder, now: Date.now });
const event = (commandId: string) => ({ type: "pong", commandId, at: "2026-11-22T00:00:00.000Z" });

test("nothing is on disk until there is something to keep", async () => {
  expect(await open().findAnswer("ping c-1")).toBeNull();
  expect(await open().thaw("lr-1")).toBeNull();
  await open().discard("lr-1");
  expect(await readdir(parent)).toEqual([]);
});

test("the last hundred answers are there after a restart, also when many were kept at once", async () => {
  const storage = open();
  await Promise.all(
    Array.from({ length: 120 }, (_, index) => storage.keepAnswer(`ping c-${index}`, event(`c-${index}`))),
  );
  const again = open();
  expect(await again.findAnswer("ping c-19")).toBeNull();
  expect(await again.findAnswer("ping c-20")).toEqual(event("c-20"));
  expect(await again.findAnswer("ping c-119")).toEqual(event("c-119"));
  expect(await readdir(folder)).toEqual(["answers.json"]);
});

test("a frozen log is the same after a restart until it is discarded, whatever its id looks like", async () => {
  await open().freeze("../../etc/lr 1", Buffer.from("log"));
  expect(await open().thaw("../../etc/lr 1")).toEqual(Buffer.from("log"));
  expect(await open().thaw("lr-2")).toBeNull();
  await open().discard("../../etc/lr 1");
  expect(await readdir(folder)).toEqual([]);
});

test("a frozen log nobody came for is gone after a day, when the next one is frozen", async () => {
  await open().freeze("lr-1", Buffer.from("old"));
  const [file = ""] = await readdir(folder);
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  await utimes(path.join(folder, file), twoDaysAgo, twoDaysAgo);
  await open().freeze("lr-2", Buffer.from("new"));
  expect(await open().thaw("lr-1")).toBeNull();
  expect(await open().thaw("lr-2")).toEqual(Buffer.from("new"));
});
