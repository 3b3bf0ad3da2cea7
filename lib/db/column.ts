/**
 * A column of rows as a parameter of `unnest` beside others. Null where no row has a value: unnest fills up what is shorter, and a
 * column of nothing is not worth writing down.
 */
export const columnOf = <T>(values: readonly T[]): readonly T[] | null =>
  values.some((value) => value !== null && value !== undefined) ? values : null;
