import type { Pool } from "pg";
import { prepared } from "@/lib/db/prepared";
import { candidatesOf, type Candidates } from "./find-candidates";
import { openDictionary, type Dictionary } from "./name-dictionary";
import { readSearchText, type Reading } from "./read-search-text";

/** A reading and how to find what it means. */
export interface Found {
  reading: Reading;
  candidates: Candidates;
}

interface Searched {
  text: string;
  tokenHash?: string | null | undefined;
}

export const readingsOf = ({ text, tokenHash }: Searched): Reading[] =>
  tokenHash ? [{ stage: "token", hash: tokenHash }] : readSearchText(text);

/**
 * The ways that may find someone, likeliest first. Identifiers and numbers are asked for in one question, and the first that is
 * there is given; names follow one by one, as each needs the dictionary. With a stage: that one alone.
 */
export async function* waysOf(
  pool: Pool,
  asked: Searched & { stage: Reading["stage"] | null },
): AsyncGenerator<Found, undefined> {
  const readings = readingsOf(asked).filter(({ stage }) => asked.stage === null || stage === asked.stage);
  const [direct, named] = [readings.filter((one) => !("words" in one)), readings.filter((one) => "words" in one)];
  const dictionary = openDictionary(pool);
  const isGiven = asked.stage !== null || readings[0]?.stage === "newest";
  const [first, byName] = await Promise.all([
    Promise.all(direct.map((reading) => wayOf(reading, dictionary))).then((ways) =>
      firstThatFinds(pool, ways.flat(), isGiven),
    ),
    Promise.all(named.slice(0, 1).map((reading) => wayOf(reading, dictionary))),
  ]);
  if (first) yield first;
  yield* byName.flat();
  for (const reading of named.slice(1)) yield* await wayOf(reading, dictionary);
}

/** The way that finds someone, or null. With a stage: that one, if it does. */
export async function findWay(
  pool: Pool,
  asked: Searched & { stage?: Reading["stage"] | undefined },
): Promise<Found | null> {
  for await (const found of waysOf(pool, { ...asked, stage: asked.stage ?? null })) {
    const { count, values } = found.candidates;
    const { rows } = await pool.query<{ n: number }>(prepared(count("1"), [...values]));
    if (rows[0]?.n) return found;
  }
  return null;
}

async function wayOf(reading: Reading, dictionary: Dictionary): Promise<Found[]> {
  const candidates = await candidatesOf(reading, dictionary);
  return candidates ? [{ reading, candidates }] : [];
}

async function firstThatFinds(pool: Pool, ways: readonly Found[], isGiven: boolean): Promise<Found | null> {
  if (isGiven || ways.length === 0) return ways[0] ?? null;
  const values: unknown[] = [];
  const counts = ways.map(({ candidates }, n) => {
    const sql = candidates.count("1").replaceAll(/\$(\d+)/g, (_, k: string) => `$${Number(k) + values.length}`);
    values.push(...candidates.values);
    return `(${sql}) as w${n}`;
  });
  const { rows } = await pool.query<Record<string, number>>(prepared(`select ${counts.join(", ")}`, values));
  return ways.find((_, n) => (rows[0]?.[`w${n}`] ?? 0) > 0) ?? null;
}
