import type { FoundRow } from "./read-found";
import type { Facets } from "./search-schemas";

/** How many of the rows have which value, most frequent first. */
export function countFacets(rows: readonly FoundRow[]): Facets {
  const states: Facets["states"] = { online: 0, unknown: 0, offline_queued: 0, offline_gone: 0 };
  for (const { state } of rows) states[state] += 1;
  return {
    states,
    nodes: tally(rows.map((row) => row.node)),
    platforms: tally(rows.map((row) => row.platform)),
    appVersions: tally(rows.map((row) => row.app_version)),
    about: false,
  };
}

/** Counts of a sample as counts of the whole. */
export function scaled(facets: Facets, { sample, total }: { sample: number; total: number }): Facets {
  const grow = (count: number): number => (sample === 0 ? 0 : Math.round((count * total) / sample));
  const all = (values: Facets["nodes"]) => values.map(({ value, count }) => ({ value, count: grow(count) }));
  const { online, unknown, offline_queued: queued, offline_gone: gone } = facets.states;
  return {
    states: { online: grow(online), unknown: grow(unknown), offline_queued: grow(queued), offline_gone: grow(gone) },
    nodes: all(facets.nodes),
    platforms: all(facets.platforms),
    appVersions: all(facets.appVersions),
    about: true,
  };
}

const tally = (values: readonly (string | null)[]): Facets["nodes"] =>
  summed(values.map((value) => ({ value, count: 1 })));

/** Counts of equal values together, most first; what is not known is none. */
export function summed(counts: readonly { value: string | null; count: number }[]): Facets["nodes"] {
  const sums = new Map<string, number>();
  for (const { value, count } of counts) if (value !== null) sums.set(value, (sums.get(value) ?? 0) + count);
  return [...sums].map(([value, count]) => ({ value, count })).toSorted((one, other) => other.count - one.count);
}
