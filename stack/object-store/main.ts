import { mkdirSync } from "node:fs";
import AWSAccount from "@20minutes/s3rver/lib/models/account.js";
import S3rver from "@20minutes/s3rver";
import closeWithGrace from "close-with-grace";
import { z } from "zod";
import { port, readEnv } from "@/lib/env/read-env";
import { createLog } from "@/lib/log/log";

/** The embedded object store: the S3 API over a folder, for one machine. */
const env = readEnv(
  z.object({
    OBJECT_STORE_PORT: port(9000),
    OBJECT_STORE_FOLDER: z.string(),
    S3_BUCKET: z.string(),
    S3_ACCESS_KEY_ID: z.string(),
    S3_SECRET_ACCESS_KEY: z.string(),
  }),
);
const log = createLog("object-store");

mkdirSync(env.OBJECT_STORE_FOLDER, { recursive: true, mode: 0o700 });
AWSAccount.DUMMY_ACCOUNT.revokeAccessKey("S3RVER");
AWSAccount.DUMMY_ACCOUNT.createKeyPair(env.S3_ACCESS_KEY_ID, env.S3_SECRET_ACCESS_KEY);

const server = new S3rver({
  address: "127.0.0.1",
  port: env.OBJECT_STORE_PORT,
  directory: env.OBJECT_STORE_FOLDER,
  silent: true,
  configureBuckets: [{ name: env.S3_BUCKET, configs: [] }],
});
// It would answer an unsigned GET; patients' logs are in here, so whatever is not signed goes no further.
server.middleware.unshift(async (ctx, next) => {
  if (ctx.path === "/healthz") ctx.body = "ok";
  else if (ctx.get("authorization") || ctx.query["X-Amz-Signature"]) await next();
  else ctx.status = 403;
});

await server.run();
log.info({ port: env.OBJECT_STORE_PORT, bucket: env.S3_BUCKET }, "the object store listens");
closeWithGrace({ delay: 5_000 }, () => server.close());
