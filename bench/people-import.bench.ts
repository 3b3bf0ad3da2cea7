import { randomUUID } from "node:crypto";
import { cpus, totalmem } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { from as copyFrom } from "pg-copy-streams";
import { openDatabase, type Database } from "@/lib/db/database";
import { createLog } from "@/lib/log/log";
import { getImport } from "@/lib/people/import/get-import";
import { receiveImport, startImport } from "@/lib/people/import/receive-import";
import { runNextImport } from "@/lib/people/import/run-import";
import { processActor } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import type { Bench } from "./bench";
import { openThrowAwayDatabase } from "./throw-away-database";

const DEFAULT_PEOPLE = 1_000_000;
const PEOPLE_A_WRITE = 5_000;

/** What an import adds to writing the bare rows: reading and checking lines, folding names, 2 to 6 rows of words a person, the dictionary. */
export const bench: Bench = {
  claim:
    "an import of people runs at 20 000 rows a second or more, every name searchable, in the worker beside its PostgreSQL",
  run: async (args) => {
    const people = Number(
      parseArgs({ args: [...args], options: { people: { type: "string" }, clients: { type: "string" } } }).values
        .people ?? DEFAULT_PEOPLE,
    );
    const { db, stop } = await openServer();
    try {
      console.log(
        `  ${people} people; ${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, PostgreSQL on the same machine`,
      );
      const before = await copyRaw(db, people);
      const { received, imported } = await importAll(db, people);
      const after = await copyRaw(db, people);
      await printSizes(db);
      return [
        { name: "COPY into a table with people's indexes", perSecond: (before + after) / 2 },
        { name: "import: file received and kept", perSecond: received },
        { name: "import: read, merged, searchable", perSecond: imported },
        { name: "the same file again, nothing changed", perSecond: (await importAll(db, people)).imported },
      ];
    } finally {
      await stop();
    }
  },
  result: (measurements) => {
    const perSecond = (name: string): number =>
      measurements.find((one) => one.name.startsWith(name))?.perSecond ?? Number.NaN;
    const value = Math.round(perSecond("import: read"));
    return {
      bench: "people-import",
      value,
      unit: "rows/s",
      ratio: Number((value / perSecond("COPY")).toFixed(3)),
      target: 20_000,
      pass: value >= 20_000,
    };
  },
};

async function openServer(): Promise<{ db: Database; stop: () => Promise<void> }> {
  const { url, close } = await openThrowAwayDatabase(["shared_buffers=2GB", "max_wal_size=8GB"]);
  const db = openDatabase({ url, connections: 4, applicationName: "bench" });
  return {
    db,
    stop: async () => {
      await db.close();
      await close();
    },
  };
}

// Names as they are in Indonesia: one to three words of some thousands, and a tail of words few people share.
const SYLLABLES = "a bu da dwi eka fa gi ha in jo ka li ma na nur pra put ra ri sa si tri wa yu zah".split(" ");
const wordOf = (n: number): string =>
  Array.from(
    { length: 2 + (n % 3) },
    (_, at) => SYLLABLES[Math.floor(n / SYLLABLES.length ** at) % SYLLABLES.length],
  ).join("");
// Spread over all numbers, the same in every run.
const spread = (n: number, of: number): number => Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) % of;

function personOf(n: number): { personId: string; name: string; phoneNumber: string } {
  const words = [wordOf(Math.abs(spread(n, 4_000))), wordOf(Math.abs(spread(n * 7 + 1, 9_000)))];
  if (n % 3 === 0) words.push(wordOf(Math.abs(spread(n * 13 + 5, n % 50 === 0 ? 400_000 : 6_000))));
  return {
    personId: `p${String(n * 7_919).padStart(11, "0")}`,
    name: words.join(" "),
    phoneNumber: `0812${String(10_000_000 + n)}`,
  };
}

function* written(people: number, line: (n: number) => string): Generator<Buffer> {
  for (let from = 0; from < people; from += PEOPLE_A_WRITE) {
    let text = "";
    for (let n = from; n < Math.min(people, from + PEOPLE_A_WRITE); n += 1) text += `${line(n)}\n`;
    yield Buffer.from(text);
  }
}

/** Rows a second of COPY of the same people, in a table of people's columns and indexes. */
async function copyRaw(db: Database, people: number): Promise<number> {
  const client = await db.pool.connect();
  try {
    await client.query(
      "set statement_timeout = 0; drop table if exists raw_people; create table raw_people (like people including all)",
    );
    const rows = [
      ...written(people, (n) => {
        const { personId, name, phoneNumber } = personOf(n);
        return `${personId}\t${name}\t+62${phoneNumber.slice(1)}`;
      }),
    ];
    const startedMs = performance.now();
    await pipeline(
      Readable.from(rows),
      client.query(copyFrom("copy raw_people (person_id, name, phone_number) from stdin")),
    );
    return (people * 1_000) / (performance.now() - startedMs);
  } finally {
    await client.query("drop table if exists raw_people");
    client.release();
  }
}

async function importAll(db: Database, people: number): Promise<{ received: number; imported: number }> {
  const log = createLog("bench", "silent");
  const ctx: Context = {
    actor: processActor("bench"),
    db,
    log,
    now: () => new Date(),
    requestId: randomUUID(),
    fromAddress: null,
  };
  const { importId } = await startImport(ctx, {});
  const lines = [...written(people, (n) => JSON.stringify(personOf(n)))];
  const receivingMs = performance.now();
  await receiveImport(ctx, { importId, body: Readable.from(lines) });
  const receivedMs = performance.now();
  const progress = setInterval(async () => {
    const { rows, rowsPerSecond, secondsLeft } = await getImport(ctx, { importId });
    console.log(`  … ${rows.read} of ${rows.received}, ${rowsPerSecond}/s, ${secondsLeft} s left`);
  }, 10_000);
  await runNextImport(ctx, new AbortController().signal).finally(() => clearInterval(progress));
  const endedMs = performance.now();
  const { state, rows } = await getImport(ctx, { importId });
  if (state !== "finished" || rows.refused > 0)
    throw new Error(`The import is ${state}, ${rows.refused} lines refused`);
  return {
    received: (people * 1_000) / (receivedMs - receivingMs),
    imported: (people * 1_000) / (endedMs - receivedMs),
  };
}

async function printSizes(db: Database): Promise<void> {
  const { rows } = await db.pool.query<{ name: string; rows: number; size: string }>(
    `select relname as name, pg_size_pretty(pg_total_relation_size(oid)) as size, greatest(reltuples, 0)::bigint as rows
     from pg_class where relname in ('people', 'person_words', 'name_words') order by 1`,
  );
  for (const { name, size } of rows) console.log(`  ${name}: ${size} with indexes`);
}
