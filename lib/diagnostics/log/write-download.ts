import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { logLineSchema, type LogLine } from "../schemas";
import { CLASS_SQL, isoSql } from "./log-conditions";
import type { AskLog } from "./ask-log";

/** What a redacted log can be taken away as. */
export const DOWNLOAD_FORMATS = ["ndjson", "csv", "har"] as const;
export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number];

// Lines in memory at once.
const PAGE_LINES = 5_000;

const COLUMNS = [
  "n",
  "class",
  "t",
  "method",
  "url",
  "endpoint",
  "status",
  "ms",
  "bytes",
  "attempt",
  "error",
  "app",
  "raw",
] as const;

/** A log as a file, a part at a time. In NDJSON gaps have no line; HAR has calls alone; CSV has all. */
export async function* writeDownload(ask: AskLog, format: DownloadFormat): AsyncGenerator<string> {
  if (format === "har") yield '{"log":{"version":"1.2","creator":{"name":"LiveConnect","version":"1"},"entries":[';
  if (format === "csv") yield stringify([COLUMNS]);
  let separator = "";
  for (let after = 0; ;) {
    const lines = await selectLines(ask, after);
    const calls = lines.filter((line) => line.method !== null);
    if (format === "ndjson") yield lines.flatMap((line) => (line.class === "gap" ? [] : `${textOf(line)}\n`)).join("");
    else if (format === "csv") yield stringify(lines.map((line) => COLUMNS.map((name) => harmless(line[name]))));
    else if (calls.length > 0) {
      yield separator + calls.map((line) => JSON.stringify(harEntry(line))).join(",");
      separator = ",";
    }
    const last = lines.at(-1);
    if (!last || lines.length < PAGE_LINES) break;
    after = last.n;
  }
  if (format === "har") yield "]}}";
}

async function selectLines(ask: AskLog, after: number): Promise<LogLine[]> {
  const rows = await ask(
    `select n, ${CLASS_SQL} as class, ${isoSql("t")} as t, ${isoSql("t_device")} as "tDevice", method, url, endpoint, host, status, ms,
       bytes::double as bytes, attempt, error, app, raw, false as "rawCut"
     from read_parquet($file) where n > $after limit ${PAGE_LINES}`,
    { after },
  );
  return z.array(logLineSchema).parse(rows);
}

/** The line as it was written, redacted; where only its columns are kept, written anew from them. */
export const textOf = ({ raw, t, method, url, status, ms, bytes, attempt, error, app }: LogLine): string =>
  raw ??
  JSON.stringify({
    t,
    method,
    url,
    status,
    ...Object.fromEntries(Object.entries({ ms, bytes, attempt, error, app }).filter(([, value]) => value !== null)),
  });

const harEntry = ({ t, method, url, status, ms, bytes, error }: LogLine) => ({
  startedDateTime: t,
  time: ms ?? 0,
  request: { method, url, httpVersion: "", cookies: [], headers: [], queryString: [], headersSize: -1, bodySize: -1 },
  response: {
    status: status ?? 0,
    statusText: "",
    httpVersion: "",
    cookies: [],
    headers: [],
    content: { size: bytes ?? 0, mimeType: "" },
    redirectURL: "",
    headersSize: -1,
    bodySize: bytes ?? -1,
    ...(error === null ? {} : { _error: error }),
  },
  cache: {},
  timings: { send: 0, wait: ms ?? 0, receive: 0 },
});

// A spreadsheet takes a text that begins so for a formula. [OWASP, CSV Injection]
const harmless = (value: string | number | null): string | number | null =>
  typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
