import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AppError } from "@/lib/errors";
import { ByteLimit } from "@/lib/storage/byte-limit";
import type { ObjectStore } from "@/lib/storage/object-store";
import type { Failure } from "../schemas";
import { harLines, type HarEnd } from "./har-lines";

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

/** A file of lines, and whether what it was made of ended too early. */
export interface PreparedLines {
  file: string;
  format: "lines" | "har";
  isBroken: boolean;
}

/**
 * Brings an upload into `folder` as a file of lines in UTF-8: length and checksum as announced, gzip known by its first bytes and
 * inflated within bounds, HAR as JSON lines. Streams throughout. Throws UnusableUpload for what the device did wrong,
 * UNAVAILABLE when the store does not answer.
 */
export async function prepareUpload(
  store: ObjectStore,
  announced: Announced,
  folder: string,
): Promise<PreparedLines & { upload: string }> {
  const upload = path.join(folder, "upload");
  await download(store, announced, upload);
  if ((await sha256Of(upload)) !== announced.sha256) throw new UnusableUpload("wrongChecksum");
  const maxBytes = Math.min(MOST_BYTES, Math.max(announced.bytes * MOST_GROWTH, SMALL_FILE_BYTES));
  return { upload, ...(await writeLines({ from: upload, to: path.join(folder, "lines"), maxBytes })) };
}

/** Makes a file of lines of a log, which is the log itself where it is one already; throws UnusableUpload where that cannot be, or beyond `maxBytes` inflated. */
export async function writeLines(files: { from: string; to: string; maxBytes: number }): Promise<PreparedLines> {
  const { from, to } = files;
  try {
    const packed = await isGzip(from);
    const shape = shapeOf(await beginOf(from, { packed }));
    if (shape === "har") return { file: to, format: "har", isBroken: await writeHar({ ...files, packed }) };
    if (!packed && shape === "utf-8") return { file: from, format: "lines", isBroken: false };
    await pipeline([
      ...inflated({ ...files, packed }),
      ...(shape === "utf-8" ? [] : [recoded(shape)]),
      createWriteStream(to, { highWaterMark: CHUNK_BYTES }),
    ]);
    return { file: to, format: "lines", isBroken: false };
  } catch (cause) {
    if (cause instanceof UnusableUpload) throw cause;
    throw new UnusableUpload(failureOf(cause), { cause });
  }
}

interface Packed {
  from: string;
  maxBytes: number;
  packed: boolean;
}

const inflated = ({ from, maxBytes, packed }: Packed): [Readable, ...Transform[]] => [
  createReadStream(from, { highWaterMark: CHUNK_BYTES }),
  ...(packed ? [createGunzip({ chunkSize: CHUNK_BYTES }), new ByteLimit(maxBytes)] : []),
];

/** Gives whether the HAR was broken; one of which nothing could be read is no log. */
async function writeHar({ to, ...packed }: Packed & { to: string }): Promise<boolean> {
  let end: HarEnd = { entries: 0, broken: false };
  const [source, ...transforms] = inflated(packed);
  const bytes = transforms.reduce<Readable>((stream, transform) => stream.compose(transform), source);
  const lines = async function* (): AsyncGenerator<string> {
    end = yield* harLines(bytes);
  };
  await pipeline(lines, createWriteStream(to));
  if (end.broken && end.entries === 0) throw new UnusableUpload("notALog");
  return end.broken;
}

type Shape = "har" | "utf-8" | "utf-16le" | "utf-16be";

// Enough for a byte order mark and the first keys.
const BEGIN_BYTES = 4_096;

/** What a log is written as, by how it begins. */
function shapeOf(begin: Buffer): Shape {
  if (begin[0] === 0xff && begin[1] === 0xfe) return "utf-16le";
  if (begin[0] === 0xfe && begin[1] === 0xff) return "utf-16be";
  return /^\uFEFF?\s*\{\s*"log"\s*:\s*\{/.test(begin.toString("utf8")) ? "har" : "utf-8";
}

async function beginOf(from: string, { packed }: { packed: boolean }): Promise<Buffer> {
  const read = createReadStream(from, { highWaterMark: CHUNK_BYTES });
  // Cut off on purpose: what is wrong further on is met when all is read.
  const bytes = packed ? read.pipe(createGunzip()) : read;
  read.once("error", (error) => bytes.destroy(error));
  for await (const chunk of bytes) return Buffer.from(chunk as Buffer).subarray(0, BEGIN_BYTES);
  return Buffer.alloc(0);
}

function recoded(encoding: "utf-16le" | "utf-16be"): Transform {
  const decoder = new TextDecoder(encoding);
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) =>
      done(null, Buffer.from(decoder.decode(chunk, { stream: true }), "utf8")),
    flush: (done) => done(null, Buffer.from(decoder.decode(), "utf8")),
  });
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
