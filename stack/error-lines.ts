import { StringDecoder } from "node:string_decoder";

const LONGEST_LINE = 64_000;

/**
 * Picks the errors out of a process's output: JSON lines of level error or fatal, and plain lines that begin as Node's and
 * Next's do. Fed chunks, it tells each error's message; a line longer than 64 000 characters is passed over.
 */
export function createErrorLines(tell: (message: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) rest = "";
    for (const line of lines) {
      const message = errorIn(line);
      if (message) tell(message);
    }
  };
}

/** The message of an error's line, null for any other line. */
export function errorIn(line: string): string | null {
  if (!line.startsWith("{")) return /^\s*(?:⨯|\w*Error\b.*:)/.test(line) ? line.trim() : null;
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: string; msg?: string; err?: { message?: string } };
    if (level !== "error" && level !== "fatal") return null;
    return [msg, err?.message].filter(Boolean).join(": ");
  } catch {
    return null;
  }
}
