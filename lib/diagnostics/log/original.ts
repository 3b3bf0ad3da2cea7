import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { sealStream, unsealStream } from "@/lib/crypto/seal-stream";
import { openingKeys, sealingKey } from "@/lib/env/sealing-key";
import { AppError } from "@/lib/errors";
import type { ObjectStore } from "@/lib/storage/object-store";

/** What the names of all originals in the store begin with. */
export const ORIGINALS = "originals/";

/** Where a log lies as it came, encrypted. */
export const originalKeyOf = (logRequestId: string): string => `${ORIGINALS}${logRequestId}`;

/** What its seal is bound to. */
export const aboutOriginal = (logRequestId: string): string => `original ${logRequestId}`;

/** An upload of a gigabyte, and what sealing adds. */
export const LARGEST_BYTES = 1.01 * 1024 * 1024 * 1024;

/** Keeps an upload as it came, encrypted, in the store. Throws UNAVAILABLE without SEALING_KEY or the store. */
export async function keepOriginal(
  store: ObjectStore,
  { logRequestId, upload, folder }: { logRequestId: string; upload: string; folder: string },
): Promise<string> {
  const file = path.join(folder, "original");
  const sealing = { key: sealingKey(), about: aboutOriginal(logRequestId) };
  await pipeline(createReadStream(upload), (bytes) => sealStream(bytes, sealing), createWriteStream(file));
  const key = originalKeyOf(logRequestId);
  await store.putFile({ key, file, contentType: "application/octet-stream" });
  return key;
}

/** The bytes of an original, by way of a file that is gone when they have been read or given up; throws NOT_FOUND where it is no more. */
export async function openOriginal(
  store: ObjectStore,
  { logRequestId, folder }: { logRequestId: string; folder: string },
): Promise<AsyncGenerator<Buffer>> {
  const file = path.join(folder, "original");
  const got = await store.getFile({ key: originalKeyOf(logRequestId), file, maxBytes: LARGEST_BYTES });
  if (!got) throw new AppError("NOT_FOUND", "The original is gone from the object store.");
  const opening = { keys: openingKeys(), about: aboutOriginal(logRequestId) };
  return (async function* () {
    try {
      yield* unsealStream(createReadStream(file), opening);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  })();
}
