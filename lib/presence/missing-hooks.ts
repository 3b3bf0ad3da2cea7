import type { Pool } from "pg";

/** Machine write: the hooks a node does not send though it should; while there are any it is swept again and again. */
export async function recordMissingHooks(
  pool: Pool,
  { nodeId, hooks }: { nodeId: number; hooks: readonly string[] },
): Promise<void> {
  await pool.query("update broker_nodes set missing_hooks = $2 where node_id = $1 and missing_hooks <> $2", [
    nodeId,
    hooks,
  ]);
}

/** The hooks that nodes do not send though they should, one entry each. */
export async function findMissingHooks(pool: Pool): Promise<{ node: string; hook: string }[]> {
  const { rows } = await pool.query<{ node: string; hook: string }>(
    "select name as node, unnest(missing_hooks) as hook from broker_nodes where evidence <> 'not_configured' order by 1, 2",
  );
  return rows;
}
