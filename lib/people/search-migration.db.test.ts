import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { testDatabase } from "@/test/database";
import { foldName, personWordRows } from "./person-words";
import { wordForms } from "./word-forms";

const { db } = await testDatabase();

describe("the migration to search by ranges", () => {
  it("makes everyone findable who was, in the rows and forms a sign-in would write", async () => {
    const names = { "p-1": "Rahma", "p-2": "Siti Kusumawardhani", "p-3": "Ani Budi Cahya", "p-4": "Ali Bo Citra Dewi" };
    // As it was before: a row a word, and none of what the migration makes.
    await db.pool.query(
      "drop table name_words, client_tokens; drop index people_id_folded, clients_id_folded, clients_newest",
    );
    await db.pool.query("create index clients_first_seen on clients (first_seen_at desc)");
    for (const [personId, name] of Object.entries(names)) {
      await db.pool.query("insert into people (person_id, name) values ($1, $2)", [personId, name]);
      await db.pool.query("insert into person_words (word, person_id) select unnest($1::text[]), $2", [
        foldName(name),
        personId,
      ]);
    }
    const sql = await readFile(path.resolve("prisma/migrations/20261122220200_search/migration.sql"), "utf8");
    await db.pool.query(`begin; ${sql}; commit`);

    for (const [personId, name] of Object.entries(names)) {
      const { rows } = await db.pool.query<{ word: string }>("select word from person_words where person_id = $1", [
        personId,
      ]);
      // The order of the words in the name is not known any more; these names have theirs in the alphabet's.
      const words = foldName(name).toSorted();
      expect(rows.map((row) => row.word).toSorted()).toEqual(personWordRows(words).toSorted());
    }
    const { rows } = await db.pool.query<{ form: string }>("select form from name_words where word = 'kusumawardhani'");
    expect(rows.map((row) => row.form).toSorted()).toEqual(wordForms("kusumawardhani").toSorted());
  });
});
