import { isUtf8 } from "node:buffer";
import { Transform, type TransformCallback } from "node:stream";
import { endOfPlainCall } from "./plain-call";

/** Longer lines are cut: a log of calls has none, and one line must not fill a worker's memory. */
export const MAX_LINE_BYTES = 64 * 1024;

/** The longest a line becomes when it is quoted: six bytes for each control character, and its key. */
export const MAX_QUOTED_BYTES = 6 * MAX_LINE_BYTES + 64;

const NEWLINE = 10;

/**
 * Makes lines of JSON of any bytes: a plain call (`endOfPlainCall`) as it is, any other line quoted as `{"line":"…"}`; blank lines are left
 * out. What is no UTF-8 becomes U+FFFD; NUL, carriage returns and a byte order mark are dropped; a line longer than `MAX_LINE_BYTES` is
 * cut. Keeps at most one line and one chunk in memory.
 * States: collecting (a line's beginning is kept until its end comes) → skipping (the line was cut; its rest is thrown away
 * until its end) → collecting.
 */
export class LogLines extends Transform {
  private readonly endOf = endOfPlainCall();
  private kept: Buffer = Buffer.alloc(0);
  private skipping = false;

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
      this.push(this.quote(this.kept));
      this.kept = Buffer.alloc(0);
      this.skipping = true;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.kept.length > 0) this.emitLines(Buffer.concat([this.kept, Buffer.from("\n")]));
    done();
  }

  /** Plain calls pass as they are, and other lines quoted, as many at once as follow one another. */
  private emitLines(lines: Buffer): void {
    const text = lines.toString("latin1");
    const isText = isUtf8(lines);
    let quoted = "";
    for (let start = 0; start < lines.length;) {
      const plain = lines.subarray(start, this.endOfPlain(text, start));
      if (plain.length > 0 && (isText || isUtf8(plain))) {
        if (quoted !== "") this.push(quoted);
        this.push(plain);
        quoted = "";
        start += plain.length;
        continue;
      }
      const end = text.indexOf("\n", start) + 1;
      quoted += this.quote(lines.subarray(start, end - 1));
      start = end;
    }
    if (quoted !== "") this.push(quoted);
  }

  /** Where the plain calls end that follow one another from `start`. */
  private endOfPlain(text: string, start: number): number {
    for (let [from, end] = [start, start]; ; from = end) {
      end = this.endOf(text, from);
      if (end === from) return end;
    }
  }

  private quote(line: Buffer): string {
    const isLong = line.length > MAX_LINE_BYTES;
    const text = isLong ? `${cleaned(line.subarray(0, MAX_LINE_BYTES - 16))}…` : cleaned(line);
    return text === "" ? "" : `{"line":${JSON.stringify(text)}}\n`;
  }
}

const cleaned = (line: Buffer): string => line.toString("utf8").replace(/^\uFEFF|[\0\r]/g, "");
