import type { Transaction } from "@/lib/db/database";
import type { Person } from "./schemas";
import { writePersonWords, type Querier } from "./write-person-words";

/**
 * New or changed people, as of `$2` (null: now): what was told of a person later stands. Sorted, so that two writers of the same people wait for one
 * another instead of locking each other up.
 */
export const UPSERT_PEOPLE = `
insert into people as p (person_id, name, phone_number, updated_at)
select t.person_id, t.name, t.phone_number, coalesce($2::timestamptz, now()) from jsonb_to_recordset($1::jsonb) as t(person_id text, name text, phone_number text)
order by t.person_id collate "C"
on conflict (person_id) do update set name = excluded.name, phone_number = excluded.phone_number, updated_at = excluded.updated_at
  where (p.name, p.phone_number) is distinct from (excluded.name, excluded.phone_number) and p.updated_at <= excluded.updated_at
returning new.person_id, new.name, old.name is distinct from new.name as renamed`;

/**
 * Machine write, of the verb and the import around it: makes people known as the host system tells of them, each at most once, and
 * findable by their names, in the caller's transaction. `at`: as of when, null for now. Returns how many were new or changed.
 */
export async function writePeople(db: Querier, people: readonly Person[], at: string | null): Promise<number> {
  const rows = people.map(({ personId, name, phoneNumber }) => ({
    person_id: personId,
    name,
    phone_number: phoneNumber,
  }));
  const changed = await db.query<{ person_id: string; name: string | null; renamed: boolean }>(UPSERT_PEOPLE, [
    JSON.stringify(rows),
    at,
  ]);
  await writePersonWords(
    db,
    changed.rows.filter(({ renamed }) => renamed).map(({ person_id, name }) => ({ personId: person_id, name })),
  );
  return changed.rows.length;
}

/** Prisma's transaction, for SQL that is shared with pg's connections. */
export const querierOf = (tx: Transaction): Querier => ({
  query: async (text, values) => ({ rows: await tx.$queryRawUnsafe(text, ...values) }),
});
