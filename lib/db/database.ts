import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient, type Prisma } from "./generated/client";

/** A connection to PostgreSQL in two forms: typed queries by Prisma, and the raw pool for hot paths and hand-written SQL. */
export interface Database {
  prisma: PrismaClient;
  pool: pg.Pool;
  /** For what an operator waits on while typing: few connections, and nothing runs longer than 2 s. */
  search: pg.Pool;
  close: () => Promise<void>;
}

export type Transaction = Prisma.TransactionClient;

// bigint (oid 20) as number: counts, ids and presence versions all stay below 2^53 (see lib/presence/version.ts).
pg.types.setTypeParser(20, Number);

export interface PoolOptions {
  url: string;
  connections?: number;
  applicationName: string;
  /** How long a query waits for a connection. */
  connectTimeoutMs?: number;
  /** After it a query fails here, whatever the server does: a server that is stopped answers nothing and closes nothing. */
  queryTimeoutMs?: number;
  /** After it the server ends a statement; 15 s unless said. */
  statementTimeoutMs?: number;
  /** How long a connection that nobody uses is kept; 10 s unless said. */
  idleMs?: number;
  /** Settings of PostgreSQL for each connection, e.g. `{ "plan_cache_mode": "auto" }`. */
  settings?: Readonly<Record<string, string>>;
}

// A burst's connections go soon after it: those of all processes together must stay below what the server takes.
const IDLE_MS = 10_000;

/** A pool for hand-written SQL; nothing connects before the first query. */
export function openPool(options: PoolOptions): pg.Pool {
  const settings = { timezone: "UTC", plan_cache_mode: "force_custom_plan", ...options.settings };
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 8,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: options.idleMs ?? IDLE_MS,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  // The same of one that somebody holds: their next query fails, which they hear.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

// Searches take milliseconds; one that does not is better narrowed than waited for.
const SEARCH_TIMEOUT_MS = 2_000;
const SEARCH_CONNECTIONS = 4;
// Longer than an operator thinks between two searches, as a new connection plans everything anew.
const SEARCH_IDLE_MS = 10 * 60_000;
// A search is ranges of one index, joined by primary keys in the order they are written, whatever is looked for. Planning each anew took
// longer than the search; and a plan that is kept must not rest on how large a table was when it was made: one of doubts is empty until
// the day it is not.
const SEARCH_SETTINGS = {
  plan_cache_mode: "force_generic_plan",
  join_collapse_limit: "1",
  from_collapse_limit: "1",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};

/** Opens pools of at most `connections` each; nothing connects before the first query. */
export function openDatabase(
  options: Pick<PoolOptions, "url" | "connections" | "applicationName" | "queryTimeoutMs">,
): Database {
  const pool = openPool(options);
  const search = openPool({
    ...options,
    connections: SEARCH_CONNECTIONS,
    statementTimeoutMs: SEARCH_TIMEOUT_MS,
    idleMs: SEARCH_IDLE_MS,
    settings: SEARCH_SETTINGS,
  });
  const adapter = new PrismaPg({
    connectionString: options.url,
    max: options.connections ?? 8,
    connectionTimeoutMillis: 5_000,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
  });
  const prisma = new PrismaClient({ adapter });
  return {
    prisma,
    pool,
    search,
    close: async () => {
      await prisma.$disconnect();
      await Promise.all([pool.end(), search.end()]);
    },
  };
}
