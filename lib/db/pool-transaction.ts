import type { Pool, PoolClient } from "pg";

/**
 * Runs machine writes in one transaction on a connection of the pool. One that fails is closed, not rolled back: closing
 * rolls back too, and the connection may be the one that does not answer. Verbs have `inTransaction` (lib/rbac/context.ts).
 */
export async function inPoolTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error("not an Error", { cause: error });
    throw error;
  } finally {
    client.release(failure);
  }
}
