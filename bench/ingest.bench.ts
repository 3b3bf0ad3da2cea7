import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { keyAliases } from "@/lib/diagnostics/log/line-fields";
import { parseLog } from "@/lib/diagnostics/log/parse-log";
import { redactionRules } from "@/lib/diagnostics/log/redaction-rules";
import { writeLines } from "@/lib/diagnostics/log/prepare-upload";
import type { Bench } from "./bench";
import { writtenCalls } from "./logs/written-calls";
import { percentile } from "./percentile";

// As bench/log-view.bench.ts has. Some 40 ms of CPU are the same for any log: 0.08 µs a line of half a million.
const DEFAULT_CALLS = 1_000_000;
const ROUNDS = 5;
const TARGET = 0.5;

/** CPU time of the whole process, DuckDB's thread included: what it would take on one core, whatever else the machine does. */
export const bench: Bench = {
  claim: `a log is cleaned, redacted, templated and written as Parquet at ${TARGET} or more of the rate at which Node reads and parses its lines, on one core`,
  run: async (args) => {
    const options = { calls: { type: "string" }, clients: { type: "string" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const calls = Number(values.calls ?? values.clients ?? DEFAULT_CALLS);
    const folder = await mkdtemp(path.join(tmpdir(), "liveconnect-bench-ingest-"));
    try {
      const upload = path.join(folder, "upload");
      await pipeline(Readable.from(writtenCalls(calls)), createWriteStream(upload));
      const { size } = await stat(upload);
      console.log(
        `  ${calls} calls, ${(size / 2 ** 20).toFixed(0)} MB; ${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB; ${ROUNDS} rounds in turn`,
      );
      const rounds: { baseline: number; ingested: number }[] = [];
      // The first round warms both up, as a worker is, and is not counted.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const baselineMs = await cpuMs(() => readAndParse(upload, calls));
        const ingestMs = await cpuMs(() => ingest(folder, upload, calls));
        const [baseline, ingested] = [(calls * 1_000) / baselineMs, (calls * 1_000) / ingestMs];
        console.log(`  … round ${round}: ${baseline.toFixed(0)} against ${ingested.toFixed(0)} lines a second of CPU`);
        if (round > 0) rounds.push({ baseline, ingested });
      }
      const stored = (await stat(path.join(folder, "log.parquet"))).size;
      console.log(`  stored: ${(stored / 2 ** 20).toFixed(1)} MB, ${(stored / calls).toFixed(0)} bytes a call`);
      const median = (of: (round: (typeof rounds)[number]) => number): number => percentile(rounds.map(of), 0.5);
      return [
        { name: "read and JSON.parse, nothing else", perSecond: median((round) => round.baseline) },
        { name: "ingest to Parquet, redacted", perSecond: median((round) => round.ingested) },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  result: ([baseline, ingested]) => {
    const value = ingested?.perSecond ?? Number.NaN;
    const ratio = Number((value / (baseline?.perSecond ?? Number.NaN)).toFixed(3));
    return { bench: "ingest", value: Math.round(value), unit: "lines/s", ratio, target: TARGET, pass: ratio >= TARGET };
  },
};

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function readAndParse(upload: string, calls: number): Promise<void> {
  let parsed = 0;
  for await (const line of createInterface({ input: createReadStream(upload) })) {
    JSON.parse(line);
    parsed += 1;
  }
  if (parsed !== calls) throw new Error(`Read ${parsed} lines of ${calls}`);
}

async function ingest(folder: string, upload: string, calls: number): Promise<void> {
  const { file } = await writeLines({
    from: upload,
    to: path.join(folder, "lines"),
    maxBytes: Number.MAX_SAFE_INTEGER,
  });
  const parsed = await parseLog({
    folder,
    from: file,
    to: path.join(folder, "log.parquet"),
    rules: redactionRules({}),
    aliases: keyAliases({}),
  });
  if (parsed.calls !== calls) throw new Error(`Ingested ${parsed.calls} calls of ${calls}`);
}
