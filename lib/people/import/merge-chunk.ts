import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { foldName, personWordRows } from "../person-words";
import type { Person } from "../schemas";
import { writeNameWords } from "../write-person-words";

/** What an import's rows are merged with. */
export interface MergeOptions {
  importId: string;
  /** PostgreSQL's text of the instant the import began: what was told of a person later stands. */
  asOf: string;
  /** Whether the file decides who is known. */
  mode: "merge" | "replace";
  /** Words whose forms are in the dictionary already; grows. */
  knownWords: Set<string>;
}

// A word of 8 letters takes about 100 bytes; names of ten million people have some 100 000.
const MOST_KNOWN_WORDS = 500_000;

/**
 * Machine write, of an import: people of one chunk, each once, in the caller's transaction; new and changed ones get their words. By
 * COPY into a table of the transaction and set-based statements: bench/people-import.bench.ts. Returns how many were new or changed.
 */
export async function mergeChunk(
  client: PoolClient,
  people: readonly Person[],
  options: MergeOptions,
): Promise<number> {
  await client.query(STAGE);
  const lines = people.map(
    ({ personId, name, phoneNumber }) => `${copyText(personId)}\t${copyText(name)}\t${copyText(phoneNumber)}\n`,
  );
  await copyInto(client, "copy staged_people (person_id, name, phone_number) from stdin", lines);
  await client.query(
    "delete from staged_people s using people_import_forgotten f where f.import_id = $1 and f.person_id = s.person_id",
    [options.importId],
  );
  if (options.mode === "replace")
    await client.query(
      "insert into people_import_named (import_id, person_id) select $1, person_id from staged_people on conflict do nothing",
      [options.importId],
    );
  const changed = await client.query<{ person_id: string; renamed: boolean; added: boolean }>(MERGE, [options.asOf]);
  await writeWords(client, { people, changed: changed.rows, knownWords: options.knownWords });
  return changed.rows.length;
}

const STAGE = `create temporary table if not exists staged_people (
  person_id text collate "C" not null, name text, phone_number text collate "C") on commit delete rows`;

const MERGE = `
insert into people as p (person_id, name, phone_number, updated_at)
select person_id, name, phone_number, $1::timestamptz from staged_people
on conflict (person_id) do update set name = excluded.name, phone_number = excluded.phone_number, updated_at = excluded.updated_at
  where (p.name, p.phone_number) is distinct from (excluded.name, excluded.phone_number) and p.updated_at <= excluded.updated_at
returning new.person_id, old.name is distinct from new.name as renamed, old.person_id is null as added`;

async function writeWords(
  client: PoolClient,
  given: {
    people: readonly Person[];
    changed: readonly { person_id: string; renamed: boolean; added: boolean }[];
    knownWords: Set<string>;
  },
): Promise<void> {
  const names = new Map(given.people.map(({ personId, name }) => [personId, name]));
  const renamed = given.changed.filter((row) => row.renamed);
  const before = renamed.filter((row) => !row.added).map((row) => row.person_id);
  if (before.length > 0) await client.query("delete from person_words where person_id = any($1)", [before]);
  const lines: string[] = [];
  const unknown = new Set<string>();
  for (const { person_id } of renamed) {
    const words = foldName(names.get(person_id) ?? "");
    const end = `\t${copyText(person_id)}\n`;
    for (const word of words) if (!given.knownWords.has(word)) unknown.add(word);
    for (const row of personWordRows(words)) lines.push(row + end);
  }
  // About the index's order, so that neighbours are written together.
  lines.sort();
  await copyInto(client, "copy person_words (word, person_id) from stdin", lines);
  await writeNameWords(client, [...unknown]);
  if (given.knownWords.size > MOST_KNOWN_WORDS) given.knownWords.clear();
  for (const word of unknown) given.knownWords.add(word);
}

// Some 64 kB a write to the socket.
const LINES_A_WRITE = 1_000;

async function copyInto(client: PoolClient, copy: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const written = function* (): Generator<string> {
    for (let from = 0; from < lines.length; from += LINES_A_WRITE)
      yield lines.slice(from, from + LINES_A_WRITE).join("");
  };
  await pipeline(Readable.from(written()), client.query(copyFrom(copy)));
}

// PostgreSQL, COPY, text format: a backslash before what would end a value or a line.
const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const copyText = (value: string | null): string =>
  value === null ? "\\N" : SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? "") : value;
