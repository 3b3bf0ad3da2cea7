import { lastAtMost } from "./last-at-most";

/** What a row of the table is: a line by its place under the filter, `isFolded` under the head of an open fold, or such a head. */
export type Row = { what: "line"; place: number; isFolded: boolean } | { what: "fold"; fold: number };

/** Rows of a table whose folds are each one row, or that and their lines. */
export interface FoldedRows {
  count: number;
  rowAt: (index: number) => Row;
  /** The row of a line, once the fold it is in is open. */
  indexOf: (place: number) => number;
}

/**
 * Lays `total` lines out as rows. Folds are in order of `place`, the number of lines before them, and do not overlap; each open one is its
 * head and its lines. Costs the number of folds once, and its logarithm a row.
 */
export function foldRows(
  total: number,
  folds: readonly { place: number; lines: number }[],
  isOpen: (fold: number) => boolean,
): FoldedRows {
  // How many rows more than lines there are before each fold, and after the last.
  const shifts = [0];
  for (const [fold, { lines }] of folds.entries()) shifts.push((shifts[fold] ?? 0) + (isOpen(fold) ? 1 : 1 - lines));
  const shiftOf = (fold: number): number => shifts[fold] ?? 0;
  const headOf = (fold: number): number => (folds[fold]?.place ?? 0) + shiftOf(fold);

  const rowAt = (index: number): Row => {
    const fold = lastAtMost(folds.length, headOf, index);
    if (fold < 0) return { what: "line", place: index, isFolded: false };
    if (index === headOf(fold)) return { what: "fold", fold };
    const place = index - shiftOf(fold + 1);
    const { place: first = 0, lines = 0 } = folds[fold] ?? {};
    return { what: "line", place, isFolded: place < first + lines };
  };
  const indexOf = (place: number): number => {
    const fold = lastAtMost(folds.length, (one) => folds[one]?.place ?? 0, place);
    const isInside = fold >= 0 && place < (folds[fold]?.place ?? 0) + (folds[fold]?.lines ?? 0);
    return place + (isInside ? shiftOf(fold) + 1 : shiftOf(fold + 1));
  };
  return { count: total + shiftOf(folds.length), rowAt, indexOf };
}
