import type { Pool } from "pg";
import { prepared } from "@/lib/db/prepared";
import { endingForm, isOneSlip, slipForms } from "@/lib/people/word-forms";
import { MOST_LISTED, type TypedWord } from "./name-ranges";
import type { Reading } from "./read-search-text";

type NamedReading = Extract<Reading, { words: string[] }>;

/** What the dictionary of names has for each word of a reading; a word that only a part or a slip finds is looked for only then. */
export type Dictionary = (reading: NamedReading) => Promise<readonly TypedWord[]>;

interface Entry {
  typed: string;
  begins: string[];
  holds: string[];
  slips: string[];
}

/** The dictionary for one search: beginnings and parts of its words are read together and once, slips when they are asked for. */
export function openDictionary(pool: Pool): Dictionary {
  let read: Promise<Entry[]> | null = null;
  return async (reading) => {
    const isSlip = reading.stage === "nameSlip";
    const entries = await (isSlip ? readEntries(pool, reading) : (read ??= readEntries(pool, reading)));
    return entries.map((entry) => typedWord(entry, reading));
  };
}

const READ = `
select t.typed,
  array(select form from name_words where form >= t.typed and form < t.typed || $4 limit $5) as begins,
  array(select distinct word from (select word from name_words where form >= t.ending and form < t.ending || $4 limit $5) e) as holds,
  array(select distinct word from name_words where form = any(string_to_array(t.slips, ' '))) as slips
from unnest($1::text[], $2::text[], $3::text[]) with ordinality as t(typed, ending, slips, n) order by n`;

async function readEntries(pool: Pool, { stage, words }: NamedReading): Promise<Entry[]> {
  const isSlip = stage === "nameSlip";
  const { rows } = await pool.query<Entry>(
    prepared(READ, [
      words,
      words.map((word) => (isSlip ? null : endingForm(word))),
      words.map((word) => (isSlip ? slipForms(word).join(" ") : null)),
      "\u{10FFFF}",
      MOST_LISTED + 1,
    ]),
  );
  return rows;
}

function typedWord(entry: Entry, { stage, words }: NamedReading): TypedWord {
  const { typed, begins } = entry;
  const found = foundIn(entry, stage);
  // Words that only begin so are the way of the stage before, but in company of a word that needs this one.
  if (begins.length > 0 && (found.length === 0 || words.length > 1))
    return { typed, words: begins.slice(0, MOST_LISTED), more: begins.length > MOST_LISTED, isBeginning: true };
  return { typed, words: found.slice(0, MOST_LISTED), more: found.length > MOST_LISTED, isBeginning: false };
}

function foundIn({ typed, holds, slips }: Entry, stage: NamedReading["stage"]): readonly string[] {
  switch (stage) {
    case "name":
      return [];
    case "namePart":
      return holds;
    case "nameSlip":
      return slips.filter((word) => isOneSlip(typed, word)).toSorted();
  }
}
