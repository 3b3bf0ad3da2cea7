import { isUtf8 } from "node:buffer";
import { Transform, type TransformCallback } from "node:stream";

/** The separator the parser is told of, as lines themselves have none; so no line may hold it. */
export const NEVER_IN_A_LINE = "\u001f";

/** Longer lines are cut: a log of calls has none, and one line must not fill a worker's memory. */
export const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 10;
const CUT_MARK = Buffer.from("…\n");

/**
 * Makes lines of any bytes: valid UTF-8 (what is not becomes U+FFFD), no NUL, no carriage return at the end, none longer than
 * `MAX_LINE_BYTES`. Keeps at most one line and one chunk in memory.
 * States: collecting (a line's beginning is kept until its end comes) → skipping (the line was cut; its rest is thrown away
 * until its end) → collecting.
 */
export class LogLines extends Transform {
  private kept: Buffer = Buffer.alloc(0);
  private skipping = false;
  /** Whether any line had to be. */
  changed = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = chunk;
    if (this.skipping) {
      const end = rest.indexOf(NEWLINE);
      if (end < 0) return done();
      this.skipping = false;
      rest = rest.subarray(end + 1);
    }
    const block = this.kept.length > 0 ? Buffer.concat([this.kept, rest]) : rest;
    const end = block.lastIndexOf(NEWLINE) + 1;
    if (end > 0) this.emitLines(block.subarray(0, end));
    this.kept = block.subarray(end);
    if (this.kept.length > MAX_LINE_BYTES) {
      this.emitCut(this.kept);
      this.kept = Buffer.alloc(0);
      this.skipping = true;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.kept.length > 0) this.emitLines(Buffer.concat([this.kept, Buffer.from("\n")]));
    done();
  }

  private emitLines(lines: Buffer): void {
    if (isClean(lines)) {
      this.push(lines);
      return;
    }
    this.changed = true;
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      const line = lines.subarray(start, end);
      if (line.length > MAX_LINE_BYTES) this.emitCut(line);
      else this.push(cleaned(line));
      start = end;
    }
  }

  private emitCut(line: Buffer): void {
    this.changed = true;
    this.push(Buffer.concat([cleaned(line.subarray(0, MAX_LINE_BYTES - 16)), CUT_MARK]));
  }
}

/** True when the lines can pass as they are; the usual case, so it looks at no line by itself. */
function isClean(lines: Buffer): boolean {
  if (!isUtf8(lines) || lines.includes(0) || lines.includes(13) || lines.includes(NEVER_IN_A_LINE)) return false;
  for (let start = 0; lines.length - start > MAX_LINE_BYTES;) {
    const end = lines.lastIndexOf(NEWLINE, start + MAX_LINE_BYTES - 1) + 1;
    if (end <= start) return false;
    start = end;
  }
  return true;
}

const cleaned = (line: Buffer): Buffer =>
  Buffer.from(line.toString("utf8").replaceAll("\0", "").replaceAll("\r", "").replaceAll(NEVER_IN_A_LINE, ""));
