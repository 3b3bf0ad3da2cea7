import { foldName, personWordRows } from "./person-words";
import { wordForms } from "./word-forms";

/** A connection inside a transaction: pg's, or Prisma's by `querierOf` (write-people.ts). */
export interface Querier {
  query: <R extends Record<string, unknown>>(text: string, values: unknown[]) => Promise<{ rows: R[] }>;
}

/**
 * Machine write: makes people findable by the words of their names, in the caller's transaction; what they were found by
 * before is replaced. The rows of people must be there. Safe to repeat.
 */
export async function writePersonWords(
  client: Querier,
  people: readonly { personId: string; name: string | null }[],
): Promise<void> {
  if (people.length === 0) return;
  const named = people.map(({ personId, name }) => ({ personId, words: foldName(name ?? "") }));
  const rows = named.flatMap(({ personId, words }) => personWordRows(words).map((word) => ({ word, personId })));
  await client.query("delete from person_words where person_id = any($1)", [people.map((row) => row.personId)]);
  await client.query(
    "insert into person_words (word, person_id) select * from unnest($1::text[], $2::text[]) on conflict do nothing",
    [rows.map((row) => row.word), rows.map((row) => row.personId)],
  );
  await writeNameWords(client, [...new Set(named.flatMap(({ words }) => words))]);
}

/** Machine write: as above, the dictionary alone. Nearly all words of a batch are known already: only the others get their forms. */
export async function writeNameWords(client: Querier, words: readonly string[]): Promise<void> {
  const { rows: unknown } = await client.query<{ word: string }>(
    "select t.word from unnest($1::text[]) as t(word) where not exists (select from name_words n where (n.form, n.word) = (t.word, t.word))",
    [words],
  );
  if (unknown.length === 0) return;
  // Sorted, so that two writers with the same new word wait for one another instead of locking each other up.
  const forms = unknown
    .flatMap(({ word }) => wordForms(word).map((form) => ({ form, word })))
    .toSorted((a, b) => (a.form < b.form ? -1 : 1));
  await client.query(
    "insert into name_words (form, word) select * from unnest($1::text[], $2::text[]) on conflict do nothing",
    [forms.map((row) => row.form), forms.map((row) => row.word)],
  );
}
