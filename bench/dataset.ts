import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import path from "node:path";
import pg from "pg";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from "@/stack/postgres/embedded-postgres";
import { loadDataset } from "./dataset-load";
import { BENCH_SHAPE } from "./dataset-rows";

/** A PostgreSQL of the benches' own with a population of known clients, kept between runs under .data/bench. */
export interface Dataset {
  url: string;
  clients: number;
  /** Sizes of the tables with their indexes, as printed. */
  sizes: string;
  close: () => Promise<void>;
}

// A quarter of the machine's memory, as is usual; the rest is the operating system's cache.
const SETTINGS = [
  `shared_buffers=${Math.round(totalmem() / 4 / 2 ** 20)}MB`,
  "effective_cache_size=8GB",
  "max_wal_size=8GB",
  "work_mem=16MB",
  "random_page_cost=1.1",
];
// While it is made there is nothing to lose: it begins anew.
const LOADING = [
  ...SETTINGS,
  "fsync=off",
  "full_page_writes=off",
  "wal_level=minimal",
  "max_wal_senders=0",
  "autovacuum=off",
  "maintenance_work_mem=1GB",
];

const DATABASE = "liveconnect";

/** `--clients` of a bench's arguments. */
export function clientsOf(args: readonly string[], usual: number): number {
  const at = args.indexOf("--clients");
  const clients = at < 0 ? usual : Number(args[at + 1]?.replaceAll("_", ""));
  if (!Number.isInteger(clients) || clients < 1_000) throw new Error("--clients: a whole number from 1000 on");
  return clients;
}

/** Opens the dataset of so many clients, and makes it first where it is not there: about half a minute a million. */
export async function openDataset(clients: number): Promise<Dataset> {
  const folder = path.resolve(".data/bench", `${clients}-${BENCH_SHAPE}`);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  const kept = async (name: string, make: () => string | Promise<string>): Promise<string> => {
    const file = path.join(folder, name);
    if (!existsSync(file)) await writeFile(file, await make(), { mode: 0o600 });
    return readFile(file, "utf8");
  };
  const password = await kept("password", () => randomBytes(16).toString("hex"));
  // The same at every run, so that a server which outlived a killed bench is taken over.
  const port = Number(await kept("port", async () => String(await freePort())));
  const start = async (settings: readonly string[]): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      folder: path.join(folder, "postgres"),
      port,
      user: "bench",
      password,
      logFile: path.join(folder, "postgres.log"),
      settings,
    });
  const madeFile = path.join(folder, "made");
  if (!existsSync(madeFile)) {
    const server = await start(LOADING);
    try {
      await ensureDatabase(server, DATABASE);
      await migrate({ url: server.urlOf(DATABASE) });
      await loadDataset({ url: server.urlOf(DATABASE), clients });
      await writeFile(madeFile, new Date().toISOString());
    } finally {
      await server.stop();
    }
  }
  const server = await start(SETTINGS);
  const url = server.urlOf(DATABASE);
  try {
    await migrate({ url });
    return { url, clients, sizes: await prepareTables(url), close: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Leaves the tables as a run may begin; gives their sizes. */
async function prepareTables(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Where no worker answers them, those of every run before would pile up.
    await client.query("truncate presence_doubts");
    const { rows } = await client.query<{ said: string }>(
      `select relname || ' ' || reltuples::bigint || ' rows, ' || pg_size_pretty(pg_total_relation_size(oid)) as said from pg_class
       where relname in ('people', 'person_words', 'name_words', 'clients', 'presence', 'client_tokens')
       order by pg_total_relation_size(oid) desc`,
    );
    return rows.map((row) => row.said).join("; ");
  } finally {
    await client.end();
  }
}
