import { Transform, type TransformCallback } from "node:stream";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";

/** Counts what passes and fails with LIMIT beyond `maxBytes`, so that nothing from outside can fill a disk. */
export class ByteLimit extends Transform {
  bytes = 0;

  constructor(private readonly maxBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes)
      done(new AppError("LIMIT", sentence("More than {bytes} bytes came.", { bytes: this.maxBytes })));
    else done(null, chunk);
  }
}
