import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import S3rver from "@20minutes/s3rver";
import { afterAll } from "vitest";
import { openObjectStore, type ObjectStore } from "@/lib/storage/object-store";
import type { ObjectStoreEnv } from "@/lib/storage/object-store-env";
import { freePort } from "./free-port";

/**
 * A real S3 server of the calling test file's own, with one empty bucket; stopped and removed after the file.
 * Call it at the top level of a test file: `const { store } = await testObjectStore();`
 */
export async function testObjectStore(): Promise<{
  store: ObjectStore;
  endpoint: string;
  env: ObjectStoreEnv;
}> {
  const directory = await mkdtemp(path.join(tmpdir(), "liveconnect-s3-"));
  const port = await freePort();
  const server = new S3rver({
    address: "127.0.0.1",
    port,
    directory,
    silent: true,
    configureBuckets: [{ name: "logs", configs: [] }],
  });
  await server.run();
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  // The pair of keys the server is made with.
  const keys = { S3_ACCESS_KEY_ID: "S3RVER", S3_SECRET_ACCESS_KEY: "S3RVER" };
  const env = { S3_ENDPOINT: endpoint, S3_REGION: "us-east-1", S3_BUCKET: "logs", ...keys };
  return { store: openObjectStore(env), endpoint, env };
}
