/**
 * A client's state as one integer: `session start in µs since the epoch * 4 + rank`. Merging is taking the larger one, so
 * the order, repetition and number of writers do not matter. Stays below 2^53 (an exact JavaScript number) until 2041.
 */
export const RANK = { open: 0, queued: 1, gone: 2 } as const;
export type Rank = (typeof RANK)[keyof typeof RANK];
export type EndRank = Exclude<Rank, 0>;

export const versionOf = (startUs: number, rank: Rank): number => startUs * 4 + rank;
export const startUsOf = (version: number): number => Math.floor(version / 4);
export const rankOf = (version: number): Rank => {
  const rank = version % 4;
  if (rank === RANK.open || rank === RANK.queued || rank === RANK.gone) return rank;
  throw new Error(`${version} is no presence version`);
};

/** How the history calls an ending of this rank. */
export const endingOfRank = (rank: EndRank): "queued" | "gone" => (rank === RANK.queued ? "queued" : "gone");
