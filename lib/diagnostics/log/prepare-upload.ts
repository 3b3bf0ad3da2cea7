import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AppError } from "@/lib/errors";
import { ByteLimit } from "@/lib/storage/byte-limit";
import type { ObjectStore } from "@/lib/storage/object-store";
import type { Failure } from "../schemas";
import { LogLines } from "./log-lines";

/** Why an upload is no log we can keep; ends the request with this failure. */
export class UnusableUpload extends Error {
  constructor(
    readonly failure: Failure,
    options: { cause?: unknown } = {},
  ) {
    super(`The upload cannot be used: ${failure}`, options);
    this.name = "UnusableUpload";
  }
}

/** What the device announced of its upload. */
export interface Announced {
  uploadKey: string;
  bytes: number;
  /** Hex. */
  sha256: string;
}

// Logs of calls shrink about ten-fold by gzip; what grows more, or beyond a gigabyte, is made to hurt.
const MOST_GROWTH = 32;
const MOST_BYTES = 1024 * 1024 * 1024;
const SMALL_FILE_BYTES = 1024 * 1024;
// Measured (bench/ingest.bench.ts): half the time of the default, 64 KB.
const CHUNK_BYTES = 1024 * 1024;

/**
 * Brings an upload into `folder` as a file of clean lines and gives its path: length and checksum as announced, gzip known by
 * its first bytes and inflated within bounds. Streams throughout. Throws UnusableUpload for what the device did wrong,
 * UNAVAILABLE when the store does not answer.
 */
export async function prepareUpload(store: ObjectStore, announced: Announced, folder: string): Promise<string> {
  const upload = path.join(folder, "upload");
  const lines = path.join(folder, "lines");
  await download(store, announced, upload);
  if ((await sha256Of(upload)) !== announced.sha256) throw new UnusableUpload("wrongChecksum");
  const maxBytes = Math.min(MOST_BYTES, Math.max(announced.bytes * MOST_GROWTH, SMALL_FILE_BYTES));
  await writeLines({ from: upload, to: lines, maxBytes });
  return lines;
}

/** Makes a file of clean lines of a log, gzipped or not; throws UnusableUpload where that cannot be, or beyond `maxBytes` inflated. */
export async function writeLines({
  from,
  to,
  maxBytes,
}: {
  from: string;
  to: string;
  maxBytes: number;
}): Promise<void> {
  const read = createReadStream(from, { highWaterMark: CHUNK_BYTES });
  const write = createWriteStream(to, { highWaterMark: CHUNK_BYTES });
  try {
    if (await isGzip(from))
      await pipeline(read, createGunzip({ chunkSize: CHUNK_BYTES }), new ByteLimit(maxBytes), new LogLines(), write);
    else await pipeline(read, new LogLines(), write);
  } catch (cause) {
    throw new UnusableUpload(failureOf(cause), { cause });
  }
}

async function download(store: ObjectStore, announced: Announced, file: string): Promise<void> {
  let got: { bytes: number } | null;
  try {
    got = await store.getFile({ key: announced.uploadKey, file, maxBytes: announced.bytes });
  } catch (cause) {
    if (cause instanceof AppError && cause.code === "LIMIT") throw new UnusableUpload("tooLarge", { cause });
    throw cause;
  }
  if (!got) throw new UnusableUpload("missing");
  if (got.bytes < announced.bytes) throw new UnusableUpload("truncated");
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

// RFC 1952 §2.3.1
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function failureOf(cause: unknown): Failure {
  if (cause instanceof AppError && cause.code === "LIMIT") return "inflatesTooMuch";
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  if (code === "Z_BUF_ERROR") return "truncated";
  if (typeof code === "string" && code.startsWith("Z_")) return "notALog";
  throw cause;
}
