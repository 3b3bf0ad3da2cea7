import fc from "fast-check";
import { expect, test } from "vitest";
import { foldRows } from "./fold-rows";

/** Folds with some lines before, inside and after each, and which of them are open. */
const layouts = fc
  .array(fc.record({ before: fc.nat(4), lines: fc.integer({ min: 1, max: 6 }), open: fc.boolean() }), { maxLength: 8 })
  .chain((parts) =>
    fc.nat(5).map((after) => {
      let place = 0;
      const folds = parts.map(({ before, lines, open }) => {
        place += before + lines;
        return { place: place - lines, lines, open };
      });
      return { total: place + after, folds };
    }),
  );

test("unfolding gives every line once and in order, whichever folds are open", () => {
  fc.assert(
    fc.property(layouts, ({ total, folds }) => {
      const rows = foldRows(total, folds, (fold) => folds[fold]?.open ?? false);
      const places = Array.from({ length: rows.count }, (_, index) => rows.rowAt(index)).flatMap((row) => {
        if (row.what === "line") return [row.place];
        const fold = folds[row.fold];
        return fold && !fold.open ? Array.from({ length: fold.lines }, (_, line) => fold.place + line) : [];
      });
      expect(places).toEqual(Array.from({ length: total }, (_, place) => place));
    }),
  );
});

test("every line is found at its row once its fold is open", () => {
  fc.assert(
    fc.property(layouts, ({ total, folds }) => {
      for (let place = 0; place < total; place += 1) {
        const isHere = (fold: number): boolean => {
          const { place: first = 0, lines = 0 } = folds[fold] ?? {};
          return first <= place && place < first + lines;
        };
        const before = foldRows(total, folds, (fold) => folds[fold]?.open ?? false);
        const opened = foldRows(total, folds, (fold) => (folds[fold]?.open ?? false) || isHere(fold));
        expect(opened.rowAt(before.indexOf(place))).toEqual({
          what: "line",
          place,
          isFolded: folds.some((_, fold) => isHere(fold)),
        });
      }
    }),
  );
});

test("each fold has one head, before its lines", () => {
  const rows = foldRows(
    10,
    [
      { place: 2, lines: 3 },
      { place: 5, lines: 4 },
    ],
    (fold) => fold === 1,
  );
  expect(Array.from({ length: rows.count }, (_, index) => rows.rowAt(index))).toEqual([
    { what: "line", place: 0, isFolded: false },
    { what: "line", place: 1, isFolded: false },
    { what: "fold", fold: 0 },
    { what: "fold", fold: 1 },
    ...[5, 6, 7, 8, 9].map((place) => ({ what: "line", place, isFolded: place < 9 })),
  ]);
});
