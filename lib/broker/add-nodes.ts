import type pg from "pg";

/** Machine write: makes sure nodes that are configured have a row. Safe to repeat, also by several processes at once. */
export async function addNodes(
  db: pg.Pool | pg.ClientBase,
  nodes: readonly { name: string; role: "subscriber" | "publisher" }[],
): Promise<void> {
  // Not an upsert alone: that would use up a smallint identity at every start.
  await db.query(
    `insert into broker_nodes (name, role)
     select c.name, c.role from unnest($1::text[], $2::text[]) c (name, role)
     where not exists (select from broker_nodes n where n.name = c.name)
     on conflict (name) do nothing`,
    [nodes.map((node) => node.name), nodes.map((node) => node.role)],
  );
}
