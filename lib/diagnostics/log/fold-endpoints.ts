import { rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { literal, PARQUET, type ConfinedDuckDb } from "./confined-duckdb";
import { ID } from "./endpoint-sql";

// No API has so many words at one place of its paths that a phone calls them all in one log. A guess to revisit.
const MOST_WORDS = 50;
// Enough to see that a place holds identifiers; more would cost memory and tell no more.
const MOST_ENDPOINTS = 20_000;
// Each is one more expression over every line.
const MOST_PLACES = 20;

/** What stands before the words of an API: its version and the like. Below it are its resources, which may be many. */
const BASE = /^(?:api|rest|v[0-9]+(?:\.[0-9]+)*(?:(?:alpha|beta|rc)[0-9]*)?)$/i;

/** Where identifiers stand that look like words: beginnings of endpoints up to a slash. */
export interface Place {
  before: string;
  /** All words after it are identifiers, or those alone that hold a digit. */
  which: "all" | "withDigit";
}

/**
 * Makes `{id}` of what the template of a path took for words, where too many different ones stand at one place (`/articles/how-to-sleep`
 * with fifty others), and where identifiers stand already, of those that hold a digit (`/orders/lnt24yfz` beside `/orders/{id}`). The
 * file is written anew only where there is such a place.
 */
export async function foldEndpoints(
  duckdb: ConfinedDuckDb,
  { folder, file }: { folder: string; file: string },
): Promise<void> {
  const places = placesOf(await distinctEndpoints(duckdb, file));
  if (places.length === 0) return;
  const written = path.join(folder, "with-folded-endpoints.parquet");
  await duckdb.query(
    `copy (select * replace (${foldedSql("endpoint", places)} as endpoint) from read_parquet(${literal(file)})) to ${literal(written)} (${PARQUET})`,
  );
  await rename(written, file);
}

async function distinctEndpoints(duckdb: ConfinedDuckDb, file: string): Promise<string[]> {
  const rows = await duckdb.query(
    `select endpoint from read_parquet($file) where endpoint is not null group by endpoint limit ${MOST_ENDPOINTS}`,
    { file },
  );
  return z
    .array(z.object({ endpoint: z.string() }))
    .parse(rows)
    .map(({ endpoint }) => endpoint);
}

const foldedSql = (endpoint: string, places: readonly Place[]): string =>
  places.reduce((sql, place) => `regexp_replace(${sql}, ${literal(wordAt(place))}, '\\1${ID}')`, endpoint);

/** An endpoint with identifiers at these places as `{id}`. */
export const folded = (endpoint: string, places: readonly Place[]): string =>
  places.reduce((text, place) => text.replace(new RegExp(wordAt(place)), `$1${ID}`), endpoint);

const wordAt = ({ before, which }: Place): string =>
  `^(${escaped(before)})${which === "all" ? "[^/]+" : "[^/]*[0-9][^/]*"}`;

const escaped = (text: string): string => text.replace(/[\\^$.*|?+()[\]{}]/g, "\\$&");

/** A word of a path, and the words that follow it. */
interface Word {
  next: Map<string, Word>;
}

/** Where identifiers stand that the template took for words; outer places first, and the inner ones as they are once the outer ones are `{id}`. */
export function placesOf(endpoints: readonly string[]): Place[] {
  const root: Word = { next: new Map() };
  for (const endpoint of endpoints) endpoint.split("/").reduce(childOf, root);
  const places: Place[] = [];
  const visit = (word: Word, words: readonly string[]): void => {
    const which = words.slice(1).every((one) => BASE.test(one)) ? null : whichAreIdentifiers([...word.next.keys()]);
    if (which !== null && places.length < MOST_PLACES) {
      places.push({ before: `${words.join("/")}/`, which });
      fold(word, which);
    }
    for (const [name, next] of word.next) visit(next, [...words, name]);
  };
  visit(root, []);
  return places;
}

function whichAreIdentifiers(words: readonly string[]): Place["which"] | null {
  if (words.length > MOST_WORDS) return "all";
  return words.includes(ID) && words.some((word) => /[0-9]/.test(word)) ? "withDigit" : null;
}

function fold(word: Word, which: Place["which"]): void {
  const isIdentifier = (name: string): boolean => which === "all" || name === ID || /[0-9]/.test(name);
  const [folded, kept] = [
    [...word.next].filter(([name]) => isIdentifier(name)),
    [...word.next].filter(([name]) => !isIdentifier(name)),
  ];
  word.next = new Map([...kept, [ID, merged(folded.map(([, next]) => next))]]);
}

function childOf(node: Word, word: string): Word {
  const child = node.next.get(word) ?? { next: new Map() };
  node.next.set(word, child);
  return child;
}

function merged(nodes: readonly Word[]): Word {
  const byWord = new Map<string, Word[]>();
  for (const [word, node] of nodes.flatMap(({ next }) => [...next])) {
    const alike = byWord.get(word);
    if (alike) alike.push(node);
    else byWord.set(word, [node]);
  }
  return { next: new Map([...byWord].map(([word, alike]) => [word, merged(alike)])) };
}
