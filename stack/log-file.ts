import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";

export interface LogFile {
  write: (chunk: Buffer | string) => void;
  close: () => void;
}

// Two files of this size a process; what was said before them is gone.
const MOST_BYTES = 20_000_000;

/** A process's output on disk, appended to. A full file becomes `<file>.1`, in place of the one before, and a new one begins. */
export function openLogFile(file: string): LogFile {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  let bytes = existsSync(file) ? statSync(file).size : 0;
  let stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  return {
    write: (chunk) => {
      if (bytes > MOST_BYTES) {
        stream.end();
        renameSync(file, `${file}.1`);
        stream = createWriteStream(file, { flags: "a", mode: 0o600 });
        bytes = 0;
      }
      stream.write(chunk);
      bytes += chunk.length;
    },
    close: () => stream.end(),
  };
}
