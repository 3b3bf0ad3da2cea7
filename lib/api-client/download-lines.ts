import { failureOf, openStream } from "./request";

const NEW_LINE = 10;
const HEADINGS = { "text/csv": 1, "application/x-ndjson": 0 };

/**
 * Asks for a file of lines by POST and saves it, telling how far it is at most ten times a second. Returns the number of rows, the
 * heading of a CSV not counted. Throws ApiError, or the abort of its signal: then nothing is saved.
 */
export async function downloadLines(options: {
  path: string;
  body: unknown;
  fileName: string;
  type: keyof typeof HEADINGS;
  signal: AbortSignal;
  onProgress: (sofar: { rows: number; bytes: number }) => void;
}): Promise<number> {
  const response = await openStream(options.path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(options.body),
    signal: options.signal,
  });
  if (!response.ok || !response.body) throw await failureOf(response);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let lines = -HEADINGS[options.type];
  let bytes = 0;
  let toldAt = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.byteLength;
    for (const byte of value) if (byte === NEW_LINE) lines += 1;
    const now = performance.now();
    if (now - toldAt < 100) continue;
    toldAt = now;
    options.onProgress({ rows: Math.max(0, lines), bytes });
  }
  save(new Blob(parts, { type: options.type }), options.fileName);
  return Math.max(0, lines);
}

function save(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: fileName });
  link.click();
  // The browser has taken the blob by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
