import { SEAL_BYTES, sealBytes, unsealBytes, type Opening } from "./seal";

// Each frame is in memory once. A guess to revisit.
const FRAME_BYTES = 1024 * 1024;

interface Sealing {
  key: Buffer;
  /** Names what the bytes belong to. */
  about: string;
}

/**
 * Encrypts a stream of any length as frames of a mebibyte, each sealed with its number and whether it is the last, so that none can be
 * taken away, repeated, moved or cut off unnoticed. Keeps one frame in memory.
 */
export async function* sealStream(bytes: AsyncIterable<Buffer>, { key, about }: Sealing): AsyncGenerator<Uint8Array> {
  let number = 0;
  for await (const { frame, isLast } of framesOf(bytes, FRAME_BYTES)) {
    yield sealBytes(frame, { key, about: aboutFrame(about, { number, isLast }) });
    number += 1;
  }
}

/** What `sealStream` was given. Throws when it was with none of the keys, `about` is another, or anything was changed or is missing. */
export async function* unsealStream(sealed: AsyncIterable<Buffer>, { keys, about }: Opening): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { frame, isLast } of framesOf(sealed, FRAME_BYTES + SEAL_BYTES)) {
    yield unsealBytes(frame, { keys, about: aboutFrame(about, { number, isLast }) });
    number += 1;
  }
}

const aboutFrame = (about: string, { number, isLast }: { number: number; isLast: boolean }): string =>
  `${about} ${number}${isLast ? " last" : ""}`;

/** Bytes in frames of equal length, the last one shorter or as long; at least one, which may be empty. */
async function* framesOf(
  bytes: AsyncIterable<Buffer>,
  length: number,
): AsyncGenerator<{ frame: Buffer; isLast: boolean }> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    kept = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
    // A frame goes out once it is known that another follows.
    while (kept.length > length) {
      yield { frame: kept.subarray(0, length), isLast: false };
      kept = kept.subarray(length);
    }
  }
  yield { frame: kept, isLast: true };
}
