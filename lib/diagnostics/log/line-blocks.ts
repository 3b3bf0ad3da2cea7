import { open } from "node:fs/promises";

const NEWLINE = 10;

// Measured (bench/ingest.bench.ts): of what is larger, V8 sets memory apart for each text, which takes twice the time.
const BLOCK_BYTES = 120 * 1024;

/** The lines of a file, many at once, with their newlines; the last may be without, as may what is too long for a block. A block is only valid until the next. */
export async function* lineBlocks(file: string): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const handle = await open(file);
  try {
    for (let kept = 0; ;) {
      const { bytesRead } = await handle.read(block, kept, BLOCK_BYTES - kept, null);
      const filled = block.subarray(0, kept + bytesRead);
      if (filled.length === 0) return;
      const end = filled.lastIndexOf(NEWLINE) + 1 || filled.length;
      yield filled.subarray(0, end);
      kept = filled.length - end;
      block.copyWithin(0, end, filled.length);
    }
  } finally {
    await handle.close();
  }
}
