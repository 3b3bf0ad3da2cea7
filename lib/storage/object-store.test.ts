import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { testObjectStore } from "@/test/object-store";
import { openObjectStore } from "./object-store";

const { store, endpoint, env } = await testObjectStore();
const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-objects-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const link = (over: { bytes?: number; expiresSeconds?: number; at?: Date } = {}) =>
  store.presignPut({
    key: "uploads/0f1e2d3c",
    bytes: 5,
    contentType: "application/octet-stream",
    expiresSeconds: 900,
    at: new Date(),
    ...over,
  });

const put = async ({ url, method, headers }: Awaited<ReturnType<typeof link>>, body: string) => {
  const { "content-length": _, ...others } = headers;
  return (await fetch(url, { method, headers: others, body })).status;
};

test("a file comes back as it was stored, and is gone once deleted", async () => {
  const file = path.join(folder, "in");
  const bytes = randomBytes(300_000);
  await writeFile(file, bytes);
  await store.putFile({ key: "logs/x.parquet", file, contentType: "application/octet-stream" });
  expect(await store.head("logs/x.parquet")).toEqual({ bytes: 300_000 });
  const back = path.join(folder, "out");
  expect(await store.getFile({ key: "logs/x.parquet", file: back, maxBytes: 300_000 })).toEqual({ bytes: 300_000 });
  expect(bytes.equals(await readFile(back))).toBe(true);
  await store.delete("logs/x.parquet");
  await store.delete("logs/x.parquet");
  expect(await store.head("logs/x.parquet")).toBeNull();
  expect(await store.getFile({ key: "logs/x.parquet", file: back, maxBytes: 1 })).toBeNull();
});

test("reading stops at the size it was allowed", async () => {
  const file = path.join(folder, "large");
  await writeFile(file, randomBytes(2_000));
  await store.putFile({ key: "logs/large", file, contentType: "application/octet-stream" });
  const read = store.getFile({ key: "logs/large", file: path.join(folder, "cut"), maxBytes: 1_999 });
  await expect(read).rejects.toMatchObject({ code: "LIMIT" });
});

test("a signed upload takes exactly the announced length, and nothing after its time", async () => {
  const good = await link();
  expect(new URL(good.url).searchParams.has("x-amz-checksum-crc32")).toBe(false);
  expect(await put(good, "hello")).toBe(200);
  expect(await store.head("uploads/0f1e2d3c")).toEqual({ bytes: 5 });
  expect(await put(await link(), "longer than announced")).toBe(403);
  expect(await put(await link({ at: new Date(Date.now() - 3_600_000) }), "hello")).toBe(403);
});

test("encryption is asked for, by a header that is signed with the rest", async () => {
  const asked = await link();
  expect(asked.headers).toMatchObject({ "x-amz-server-side-encryption": "AES256" });
  const { "x-amz-server-side-encryption": _, ...others } = asked.headers;
  expect(await put({ ...asked, headers: others }, "hello")).toBe(403);
  const silent = openObjectStore({ ...env, S3_ENCRYPTION: "none" });
  const unasked = await silent.presignPut({
    key: "uploads/plain",
    bytes: 5,
    contentType: "application/octet-stream",
    expiresSeconds: 900,
    at: new Date(),
  });
  expect(Object.keys(unasked.headers)).toEqual(["content-length", "content-type"]);
  expect(await put(unasked, "hello")).toBe(200);
});

test("a bucket that does not answer is unavailable, and says so without the secret", async () => {
  await store.check();
  const away = openObjectStore({
    S3_ENDPOINT: endpoint.replace(/\d+$/, "1"),
    S3_REGION: "us-east-1",
    S3_BUCKET: "logs",
    S3_ACCESS_KEY_ID: "someone",
    S3_SECRET_ACCESS_KEY: "top-secret",
  });
  const failure: unknown = await away.head("x").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "UNAVAILABLE" });
  expect(String(failure)).not.toContain("top-secret");
});
