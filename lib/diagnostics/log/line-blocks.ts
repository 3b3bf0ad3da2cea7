import { open } from "node:fs/promises";

const NEWLINE = 10;

// Each read is handed to another thread and back; of 120 KB, that took as long as the reading (bench/ingest.bench.ts).
const READ_BYTES = 1024 * 1024;
// Measured (bench/ingest.bench.ts): of what is larger, V8 sets memory apart for each text, which takes twice the time.
const BLOCK_BYTES = 120 * 1024;

/**
 * The lines of a file, many at once, with their newlines, which the last line is given if it has none; a line too long for a block comes in
 * parts. A block is only valid until the next.
 */
export async function* lineBlocks(file: string): AsyncGenerator<Buffer> {
  const read = Buffer.allocUnsafe(READ_BYTES);
  const handle = await open(file);
  try {
    for (let kept = 0; ;) {
      const { bytesRead } = await handle.read(read, kept, READ_BYTES - kept, null);
      if (bytesRead === 0 && kept > 0) yield Buffer.concat([read.subarray(0, kept), Buffer.from([NEWLINE])]);
      if (bytesRead === 0) return;
      const filled = read.subarray(0, kept + bytesRead);
      let start = 0;
      for (let end = endOfBlock(filled, 0); end > start; end = endOfBlock(filled, start)) {
        yield filled.subarray(start, end);
        start = end;
      }
      kept = filled.length - start;
      filled.copyWithin(0, start);
    }
  } finally {
    await handle.close();
  }
}

/** Where the block ends that begins at `start`; `start` where the end of its last line is not read yet. */
function endOfBlock(filled: Buffer, start: number): number {
  const most = Math.min(start + BLOCK_BYTES, filled.length);
  const end = filled.lastIndexOf(NEWLINE, most - 1) + 1;
  if (end > start) return end;
  return most - start === BLOCK_BYTES ? most : start;
}
