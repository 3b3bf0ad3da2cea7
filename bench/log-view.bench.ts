import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { selectIndex } from "@/lib/diagnostics/index-log";
import { openConfinedDuckDb } from "@/lib/diagnostics/log/confined-duckdb";
import { keyAliases } from "@/lib/diagnostics/log/line-fields";
import type { AskLog } from "@/lib/diagnostics/log/ask-log";
import type { LogLoop } from "@/lib/diagnostics/log/loops";
import { parseLog } from "@/lib/diagnostics/log/parse-log";
import { redactionRules } from "@/lib/diagnostics/log/redaction-rules";
import { selectLoops } from "@/lib/diagnostics/log/select-loops";
import { selectPage } from "@/lib/diagnostics/read-log";
import { logFilterSchema, type LogFilter } from "@/lib/diagnostics/schemas";
import { pageAsked, pagesOf } from "@/lib/diagnostics/terms";
import type { Bench } from "./bench";
import { measureScreen, type OnScreen } from "./logs/screen";
import { writtenCalls } from "./logs/written-calls";
import { percentile } from "./percentile";

const DEFAULT_CALLS = 1_000_000;
const ROUNDS = 5;
const TARGET_MS = 150;
const FIRST_ROWS_TARGET_MS = 1_000;
const SCREEN_TARGET = { ms: 250, heapBytes: 300 * 2 ** 20 };

/** What people ask of a log; every kind of filter, alone and together. */
const FILTERS: Record<string, Partial<LogFilter>> = {
  none: {},
  failures: { classes: ["4xx", "5xx", "none"] },
  status: { status: 401 },
  method: { method: "POST" },
  endpoint: { endpoint: "GET /v1/orders/{id}" },
  path: { path: "/v1/orders/*" },
  slow: { minMs: 600 },
  "an hour": { from: "2026-11-20T00:00:00Z", to: "2026-11-20T01:00:00Z" },
  text: { text: "abc-777" },
  "a text in 1 600 lines": { text: "page=12" },
  "regular expression": { text: "orders/ABC-[0-9]{2}7", isRegex: true },
  "around failures": { aroundFailures: true },
  "failures with text": { classes: ["4xx", "5xx", "none"], text: "timeout" },
};

/** Beside reading the same log as it was written, line by line, for a text: what anyone does who has only the file. */
export const bench: Bench = {
  claim: `any filter over ${DEFAULT_CALLS} lines, its count, its places and its first page, is answered within ${TARGET_MS} ms at p95, and the first rows within ${FIRST_ROWS_TARGET_MS} ms`,
  run: async (args) => {
    const options = {
      calls: { type: "string" },
      clients: { type: "string" },
      "no-screen": { type: "boolean" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const calls = Number(values.calls ?? values.clients ?? DEFAULT_CALLS);
    const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-bench-log-view-"));
    try {
      const [written, file] = [path.join(folder, "upload"), path.join(folder, "log.parquet")];
      await pipeline(Readable.from(writtenCalls(calls)), createWriteStream(written));
      await parseLog({
        folder,
        from: written,
        to: file,
        rules: redactionRules({}),
        aliases: keyAliases({}),
      });
      console.log(
        `  ${calls} lines, ${((await stat(file)).size / 2 ** 20).toFixed(0)} MB stored; ${cpus().length} × ${cpus()[0]?.model.trim()}`,
      );
      if (!values["no-screen"]) {
        screen = await measureScreen(written);
        console.log(
          `  on the screen: p50 ${percentile(screen.filterMs, 0.5).toFixed(0)} ms, p95 ${percentile(screen.filterMs, 0.95).toFixed(0)} ms of ${screen.filterMs.length} filters; ${(screen.heapBytes / 2 ** 20).toFixed(0)} MB of heap`,
        );
      }
      const scanMs = await timeMs(() => scan(written, "abc-777"));
      return [{ name: "read the file for a text", perSecond: 1_000 / scanMs }, ...(await measureFilters(folder, file))];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  result: (measurements) => {
    const [scanned, first, filters] = measurements.map(({ perSecond }) => 1_000 / perSecond);
    const [value = Number.NaN, firstMs = Number.NaN] = [filters, first];
    return {
      bench: "log-view",
      value: Math.round(value),
      unit: "ms at p95 of all filters",
      ratio: Number(((scanned ?? Number.NaN) / value).toFixed(2)),
      target: TARGET_MS,
      pass: value <= TARGET_MS && firstMs <= FIRST_ROWS_TARGET_MS && isFastOnScreen(),
      firstRowsMs: Math.round(firstMs),
      ...(screen && {
        screenMsP95: Math.round(percentile(screen.filterMs, 0.95)),
        screenTargetMs: SCREEN_TARGET.ms,
        heapMb: Math.round(screen.heapBytes / 2 ** 20),
      }),
    };
  },
};

let screen: OnScreen | null = null;

const isFastOnScreen = (): boolean =>
  screen === null ||
  (percentile(screen.filterMs, 0.95) <= SCREEN_TARGET.ms && screen.heapBytes <= SCREEN_TARGET.heapBytes);

async function measureFilters(folder: string, file: string) {
  const opened = performance.now();
  const duckdb = await openConfinedDuckDb({ folder, timeoutMs: 60_000 });
  try {
    const ask: AskLog = (sql, parameters = {}) => duckdb.query(sql, { file, ...parameters });
    const loops = await selectLoops(ask);
    await view(ask, {}, loops);
    const first = { name: "open, count and first rows", perSecond: 1_000 / (performance.now() - opened) };
    const allMs: number[] = [];
    for (const [name, filter] of Object.entries(FILTERS)) {
      const tookMs: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) tookMs.push(await timeMs(() => view(ask, filter, loops)));
      console.log(`  … ${name}: ${percentile(tookMs, 0.5).toFixed(0)} ms`);
      allMs.push(...tookMs);
    }
    return [first, { name: "a filter, at p95", perSecond: 1_000 / percentile(allMs, 0.95) }];
  } finally {
    duckdb.close();
  }
}

/** What the page asks when a filter changes: where its lines lie, then the first of them. */
async function view(ask: AskLog, filter: Partial<LogFilter>, loops: readonly LogLoop[]): Promise<void> {
  const whole = logFilterSchema.parse(filter);
  const [first] = pagesOf(await selectIndex(ask, whole, loops));
  if (first) await selectPage(ask, { ...whole, ...pageAsked(first) });
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function scan(file: string, text: string): Promise<number> {
  let found = 0;
  for await (const line of createInterface({ input: createReadStream(file) }))
    if (line.toLowerCase().includes(text)) found += 1;
  return found;
}
