import { failureOf } from "./request";

const NEW_LINE = 10;

/**
 * Asks for a CSV by POST and saves it as a file, telling how far it is at most ten times a second. Returns the number of rows,
 * its heading not counted. Throws ApiError, or the abort of its signal: then nothing is saved.
 */
export async function downloadCsv(options: {
  path: string;
  body: unknown;
  fileName: string;
  signal: AbortSignal;
  onProgress: (sofar: { rows: number; bytes: number }) => void;
}): Promise<number> {
  const response = await fetch(options.path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(options.body),
    signal: options.signal,
  });
  if (!response.ok || !response.body) throw await failureOf(response);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let lines = 0;
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
    options.onProgress({ rows: Math.max(0, lines - 1), bytes });
  }
  save(new Blob(parts, { type: "text/csv" }), options.fileName);
  return Math.max(0, lines - 1);
}

function save(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: fileName });
  link.click();
  // The browser has taken the blob by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
