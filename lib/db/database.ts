import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient, type Prisma } from "./generated/client";

/** A connection to PostgreSQL in two forms: typed queries by Prisma, and the raw pool for hot paths and hand-written SQL. */
export interface Database {
  prisma: PrismaClient;
  pool: pg.Pool;
  close: () => Promise<void>;
}

export type Transaction = Prisma.TransactionClient;

// bigint (oid 20) as number: counts, ids and presence versions all stay below 2^53 (see lib/presence/version.ts).
pg.types.setTypeParser(20, Number);

/** Opens pools of at most `connections` each; nothing connects before the first query. */
export function openDatabase(options: { url: string; connections?: number; applicationName: string }): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 8,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    options: "-c timezone=UTC -c plan_cache_mode=force_custom_plan",
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  const adapter = new PrismaPg({
    connectionString: options.url,
    max: options.connections ?? 8,
    connectionTimeoutMillis: 5_000,
  });
  const prisma = new PrismaClient({ adapter });
  return {
    prisma,
    pool,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
