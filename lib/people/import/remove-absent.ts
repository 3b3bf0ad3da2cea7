import type { PoolClient } from "pg";

// A few thousand rows at a time keep the locks short.
const BATCH = 5_000;
// As long as the import's lease: it is renewed with each batch.
const LEASE_SECONDS = 30;

/**
 * Machine write, of an import in mode replace: removes the people its file does not name and nobody told of since it began; their
 * clients stay, without a name. Nothing is removed, and null returned, when any line was refused or none read: the file then does not
 * say who is not in it. Safe to repeat.
 */
export async function removeAbsent(
  client: PoolClient,
  { importId, asOf, signal }: { importId: string; asOf: string; signal: AbortSignal },
): Promise<number | null> {
  const whole = await client.query(
    "select 1 from people_imports where id = $1 and state = 'running' and rows_refused = 0 and rows_read > 0",
    [importId],
  );
  if (whole.rowCount === 0) return null;
  let removed = 0;
  for (let after: string | null = ""; after !== null && !signal.aborted;) {
    const { rows }: { rows: { last: string | null; removed: number }[] } = await client.query(REMOVE, [
      importId,
      asOf,
      after,
    ]);
    await client.query(
      `update people_imports set lease_until = now() + ${LEASE_SECONDS} * interval '1 second' where id = $1`,
      [importId],
    );
    removed += rows[0]?.removed ?? 0;
    after = rows[0]?.last ?? null;
  }
  return removed;
}

const REMOVE = `
with page as materialized (
  select person_id, updated_at from people where person_id > $3 order by person_id limit ${BATCH}
), removed as (
  delete from people p using page
  where p.person_id = page.person_id and p.updated_at <= $2::timestamptz
    and exists (select 1 from people_imports where id = $1 and state = 'running')
    and not exists (select 1 from people_import_named n where n.import_id = $1 and n.person_id = p.person_id)
  returning p.person_id
), wordless as (
  delete from person_words w using removed where w.person_id = removed.person_id
)
select (select max(person_id) from page) as last, (select count(*)::int from removed) as removed`;
