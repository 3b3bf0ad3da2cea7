import { rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { literal, PARQUET, type ConfinedDuckDb } from "./confined-duckdb";

// No API has so many words at one place of its paths that a phone calls them all in one log. A guess to revisit.
const MOST_WORDS = 50;
// Enough to see that a place holds identifiers; more would cost memory and tell no more.
const MOST_ENDPOINTS = 20_000;
// Each is one more expression over every line.
const MOST_PLACES = 20;

/** What stands before the words of an API: its version and the like. Below it are its resources, which may be many. */
const BASE = /^(?:api|rest|v[0-9]+(?:\.[0-9]+)*(?:(?:alpha|beta|rc)[0-9]*)?)$/i;

/**
 * Makes `{id}` of what the template of a path took for words, where too many different ones stand at one place: `/articles/how-to-sleep`
 * with fifty others becomes `/articles/{id}`. The file is written anew only where there is such a place.
 */
export async function foldEndpoints(
  duckdb: ConfinedDuckDb,
  { folder, file }: { folder: string; file: string },
): Promise<void> {
  const rows = await duckdb.query(ENDPOINTS_SQL, { file });
  const places = placesOf(
    z
      .array(z.object({ endpoint: z.string() }))
      .parse(rows)
      .map(({ endpoint }) => endpoint),
  );
  if (places.length === 0) return;
  const folded = places.reduce(
    (sql, place) => `regexp_replace(${sql}, ${literal(`^(${escaped(place)})[^/]+`)}, '\\1{id}')`,
    "endpoint",
  );
  const written = path.join(folder, "with-folded-endpoints.parquet");
  await duckdb.query(
    `copy (select * replace (${folded} as endpoint) from read_parquet(${literal(file)})) to ${literal(written)} (${PARQUET})`,
  );
  await rename(written, file);
}

const ENDPOINTS_SQL = `
select endpoint from read_parquet($file) where endpoint is not null group by endpoint limit ${MOST_ENDPOINTS}`;

const escaped = (text: string): string => text.replace(/[\\^$.*|?+()[\]{}]/g, "\\$&");

/** A word of a path, and the words that follow it. */
interface Word {
  next: Map<string, Word>;
}

/**
 * Beginnings of endpoints, up to a slash, after which too many different words stand; outer ones first, and the inner ones as they are
 * once the outer ones are `{id}`.
 */
export function placesOf(endpoints: readonly string[]): string[] {
  const root: Word = { next: new Map() };
  for (const endpoint of endpoints) endpoint.split("/").reduce(childOf, root);
  const places: string[] = [];
  const visit = (node: Word, words: readonly string[]): void => {
    if (node.next.size > MOST_WORDS && words.slice(1).some((word) => !BASE.test(word)) && places.length < MOST_PLACES) {
      places.push(`${words.join("/")}/`);
      node.next = new Map([["{id}", merged([...node.next.values()])]]);
    }
    for (const [word, child] of node.next) visit(child, [...words, word]);
  };
  visit(root, []);
  return places;
}

function childOf(node: Word, word: string): Word {
  const child = node.next.get(word) ?? { next: new Map() };
  node.next.set(word, child);
  return child;
}

function merged(nodes: readonly Word[]): Word {
  const byWord = new Map<string, Word[]>();
  for (const [word, node] of nodes.flatMap(({ next }) => [...next]))
    byWord.set(word, [...(byWord.get(word) ?? []), node]);
  return { next: new Map([...byWord].map(([word, alike]) => [word, merged(alike)])) };
}
