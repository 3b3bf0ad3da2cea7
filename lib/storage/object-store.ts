import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsV4Signer } from "aws4fetch";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { ByteLimit } from "./byte-limit";
import type { ObjectStoreEnv } from "./object-store-env";

/** A request someone without our credentials may make once, as signed: method, URL and exactly these headers. */
export interface PresignedPut {
  method: "PUT";
  url: string;
  headers: Record<string, string>;
  expiresAt: Date;
}

/** Files by key in one bucket of any S3. Every call ends within its timeout; a store that fails is UNAVAILABLE. */
export interface ObjectStore {
  /** Stores a local file; an object of the same key is replaced. */
  putFile: (input: { key: string; file: string; contentType: string }) => Promise<void>;
  /** Stores a small text; an object of the same key is replaced. */
  putText: (input: { key: string; text: string; contentType: string }) => Promise<void>;
  /** Keys that begin with `prefix` and come after `after`, in order, at most a thousand; empty at the end. Ours need no escaping. */
  list: (input: { prefix: string; after: string }) => Promise<string[]>;
  /** Writes an object to a local file; null when there is none. Throws LIMIT, file half written, beyond `maxBytes`. */
  getFile: (input: { key: string; file: string; maxBytes: number }) => Promise<{ bytes: number } | null>;
  /** The size of an object, or null when there is none. */
  head: (key: string) => Promise<{ bytes: number } | null>;
  /** Safe to call twice. */
  delete: (key: string) => Promise<void>;
  /** Signs one upload: this key, exactly `bytes` long, of this type, until `expiresSeconds` from `at`. */
  presignPut: (input: {
    key: string;
    bytes: number;
    contentType: string;
    expiresSeconds: number;
    at: Date;
  }) => Promise<PresignedPut>;
  /** Throws UNAVAILABLE unless the bucket answers. */
  check: () => Promise<void>;
}

// Guesses to revisit: a small call against a store in the same region, and a transfer of the largest log allowed.
const CALL_TIMEOUT_MS = 10_000;
const TRANSFER_TIMEOUT_MS = 120_000;

/** The S3 API, path-style (`endpoint/bucket/key`), signature version 4. Opens nothing until the first call. */
export function openObjectStore(env: ObjectStoreEnv): ObjectStore {
  const credentials = {
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    region: env.S3_REGION,
    service: "s3",
    cache: new Map<string, ArrayBuffer>(),
  };
  const bucketUrl = `${env.S3_ENDPOINT.replace(/\/+$/, "")}/${env.S3_BUCKET}`;
  const urlOf = (key: string): string => `${bucketUrl}/${key}`;
  // Amazon S3, PutObject: x-amz-server-side-encryption.
  const encryption = env.S3_ENCRYPTION ?? "AES256";
  const asksEncryption: Record<string, string> =
    encryption === "none" ? {} : { "x-amz-server-side-encryption": encryption };

  const call = async (request: {
    method: string;
    url: string;
    timeoutMs: number;
    headers?: Record<string, string>;
    body?: ReadableStream | string;
  }): Promise<Response> => {
    const signed = await new AwsV4Signer({
      ...credentials,
      method: request.method,
      url: request.url,
      headers: request.headers,
    }).sign();
    try {
      return await fetch(signed.url, {
        method: signed.method,
        headers: signed.headers,
        signal: AbortSignal.timeout(request.timeoutMs),
        ...(request.body ? { body: request.body, duplex: "half" } : {}),
      });
    } catch (cause) {
      throw unavailable(request.method, cause);
    }
  };

  return {
    putFile: async ({ key, file, contentType }) => {
      const { size } = await stat(file);
      const response = await call({
        method: "PUT",
        url: urlOf(key),
        timeoutMs: TRANSFER_TIMEOUT_MS,
        // S3 refuses a chunked body, so the length is said beforehand.
        headers: { "content-type": contentType, "content-length": String(size), ...asksEncryption },
        body: Readable.toWeb(createReadStream(file)) as ReadableStream,
      });
      await expectOk(response, "PUT");
    },
    putText: async ({ key, text, contentType }) => {
      const bytes = Buffer.byteLength(text);
      const headers = { "content-type": contentType, "content-length": String(bytes), ...asksEncryption };
      const response = await call({ method: "PUT", url: urlOf(key), timeoutMs: CALL_TIMEOUT_MS, headers, body: text });
      await expectOk(response, "PUT");
    },
    list: async ({ prefix, after }) => {
      const url = new URL(bucketUrl);
      url.searchParams.set("list-type", "2");
      url.searchParams.set("prefix", prefix);
      if (after) url.searchParams.set("start-after", after);
      const response = await call({ method: "GET", url: url.href, timeoutMs: CALL_TIMEOUT_MS });
      if (!response.ok) return expectOk(response, "GET").then(() => []);
      // Amazon S3, ListObjectsV2: a page is bounded by 1 000 keys, in UTF-8 binary order.
      return [...(await response.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key);
    },
    getFile: async ({ key, file, maxBytes }) => {
      const response = await call({ method: "GET", url: urlOf(key), timeoutMs: TRANSFER_TIMEOUT_MS });
      if (response.status === 404) return discard(response);
      if (!response.ok || !response.body) return expectOk(response, "GET").then(() => null);
      const limit = new ByteLimit(maxBytes);
      const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
      await pipeline(body, limit, createWriteStream(file)).catch((cause: unknown) => {
        throw cause instanceof AppError ? cause : unavailable("GET", cause);
      });
      return { bytes: limit.bytes };
    },
    head: async (key) => {
      const response = await call({ method: "HEAD", url: urlOf(key), timeoutMs: CALL_TIMEOUT_MS });
      if (response.status === 404) return null;
      await expectOk(response, "HEAD");
      return { bytes: Number(response.headers.get("content-length") ?? 0) };
    },
    delete: async (key) => {
      const response = await call({ method: "DELETE", url: urlOf(key), timeoutMs: CALL_TIMEOUT_MS });
      if (response.status !== 404) await expectOk(response, "DELETE");
    },
    presignPut: async ({ key, bytes, contentType, expiresSeconds, at }) => {
      const url = new URL(urlOf(key));
      url.searchParams.set("X-Amz-Expires", String(expiresSeconds));
      // The signed headers bind length and type. No checksum parameters: phones' HTTP stacks could not send them.
      const headers = { "content-length": String(bytes), "content-type": contentType, ...asksEncryption };
      const signed = await new AwsV4Signer({
        ...credentials,
        method: "PUT",
        url: url.toString(),
        headers,
        datetime: at.toISOString().replace(/[:-]|\.\d{3}/g, ""),
        signQuery: true,
        allHeaders: true,
      }).sign();
      return {
        method: "PUT",
        url: signed.url.toString(),
        headers,
        expiresAt: new Date(at.getTime() + expiresSeconds * 1000),
      };
    },
    check: async () => {
      const response = await call({ method: "HEAD", url: bucketUrl, timeoutMs: CALL_TIMEOUT_MS });
      await expectOk(response, "HEAD");
    },
  };
}

async function discard(response: Response): Promise<null> {
  await response.body?.cancel();
  return null;
}

async function expectOk(response: Response, method: string): Promise<void> {
  await response.body?.cancel();
  if (!response.ok) throw unavailable(method, new Error(`status ${response.status}`));
}

const unavailable = (method: string, cause: unknown): AppError =>
  new AppError(
    "UNAVAILABLE",
    sentence("The object store did not do the {method}. Check that it runs and its credentials.", { method }),
    { cause, retryAfterSeconds: 5 },
  );
