import type { PoolClient } from "pg";
import { foldName, personWordRows } from "./person-words";
import { wordForms } from "./word-forms";

/**
 * Machine write: makes people findable by the words of their names, in the caller's transaction; what they were found by
 * before is replaced. The rows of people must be there. Safe to repeat.
 */
export async function writePersonWords(
  client: PoolClient,
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

// Nearly all words of a batch are known already: only the others get their forms.
async function writeNameWords(client: PoolClient, words: readonly string[]): Promise<void> {
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
