import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Pool } from "pg";
import { openPool } from "@/lib/db/database";
import { migrate } from "@/lib/db/migrate";
import { freePort } from "@/stack/free-port";
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from "@/stack/postgres/embedded-postgres";

/** Nodes and cohorts the rows are spread over. */
export const BENCH_NODE_NAMES = ["n1", "n2", "n3", "n4"] as const;
export const BENCH_COHORTS = 40;
export const benchClientId = (n: number): string => `c-${n}`;

const DATABASE = "bench_presence";
const USER = "bench";
// As a small production server would be set (its tables in its memory), on a machine shared with the load; synchronous_commit stays on.
const SETTINGS = [
  "shared_buffers=4GB",
  "max_wal_size=8GB",
  "checkpoint_timeout=30min",
  "random_page_cost=1.1",
  "wal_level=replica",
];

export interface BenchPostgres {
  url: string;
  /** Kept between runs; made in minutes. */
  stop: () => Promise<void>;
}

/** A PostgreSQL under .data/bench with the hot tables of so many known clients, all offline, made if it is not there. */
export async function openHotTables(clients: number): Promise<BenchPostgres> {
  const folder = path.resolve(".data/bench", `presence-${clients}`);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  const passwordFile = path.join(folder, "password");
  if (!existsSync(passwordFile)) await writeFile(passwordFile, randomBytes(16).toString("hex"), { mode: 0o600 });
  const server = await startEmbeddedPostgres({
    folder: path.join(folder, "postgres"),
    port: await freePort(),
    user: USER,
    password: await readFile(passwordFile, "utf8"),
    logFile: path.join(folder, "postgres.log"),
    settings: SETTINGS,
  });
  try {
    await prepare(server, clients);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.urlOf(DATABASE), stop: () => server.stop() };
}

/** One line: rows, bytes on disk, and the server's version. */
export async function describeTables(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ said: string }>(
    `select (select reltuples::bigint from pg_class where relname = 'presence') || ' clients, presence ' ||
       pg_size_pretty(pg_table_size('presence')) || ' and its key ' || pg_size_pretty(pg_indexes_size('presence')) ||
       ', PostgreSQL ' || current_setting('server_version') || ', synchronous_commit ' || current_setting('synchronous_commit') as said`,
  );
  return rows[0]?.said ?? "";
}

async function prepare(server: EmbeddedPostgres, clients: number): Promise<void> {
  await ensureDatabase(server, DATABASE);
  await migrate({ url: server.urlOf(DATABASE) });
  const pool = openPool({
    url: server.urlOf(DATABASE),
    connections: 1,
    applicationName: "bench",
  });
  try {
    const { rows } = await pool.query<{ known: number }>(
      "select count(*) as known from (select from presence limit 1) p",
    );
    if (rows[0]?.known === 1) return;
    console.log(`  making ${clients} clients' hot rows under .data/bench`);
    const startedAt = performance.now();
    await pool.query(NODES, [BENCH_NODE_NAMES]);
    await pool.query("set statement_timeout = 0; set maintenance_work_mem = '1GB'; begin");
    // Rows lie in the order clients came, their keys in none; counted once at the end.
    await pool.query("alter table presence disable trigger user");
    await pool.query("alter table presence drop constraint presence_pkey");
    await pool.query(ROWS, [clients, BENCH_COHORTS, BENCH_NODE_NAMES]);
    await pool.query("alter table presence add primary key (client_key)");
    await pool.query("alter table presence enable trigger user");
    await pool.query("select recount_presence(node_id) from broker_nodes");
    await pool.query("commit");
    await pool.query("vacuum (analyze) presence");
    await pool.query("checkpoint");
    console.log(`  made in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  } finally {
    await pool.end();
  }
}

const NODES = `insert into broker_nodes (name, role, state, booted_at, last_asked_at)
  select name, 'subscriber', 'up', now() - interval '30 days', now() from unnest($1::text[]) name on conflict (name) do nothing`;

const ROWS = `
insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at, peer_address, peer_port, cohort)
select md5('/c-' || i)::uuid, ((extract(epoch from now()) * 1e6)::bigint - 86400000000 + i) * 4 + 1, n.node_id,
  now() - interval '1 day', 'hook', now() - interval '1 day', '203.0.113.' || i % 250, 1024 + i % 60000, i % $2
from generate_series(0, $1::int - 1) i
join broker_nodes n on n.name = ($3::text[])[i % cardinality($3::text[]) + 1]`;
