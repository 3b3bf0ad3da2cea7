import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";

/** Ids, ascending and each once, as PostgreSQL writes them as an int8multirange: `{[1,4),[7,8)}` are 1, 2, 3 and 7. */
export function rangesOf(ids: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last?.to === id) last.to = id + 1;
    else ranges.push({ from: id, to: id + 1 });
  }
  return `{${ranges.map(({ from, to }) => `[${from},${to})`).join(",")}}`;
}

/** The ids of an int8multirange, ascending. Throws LIMIT beyond `most`, before there is a list of them. */
export function idsOf(ranges: string, most: number): number[] {
  const bounds = [...ranges.matchAll(/\[(-?\d+),(-?\d+)\)/g)].map(([, from, to]) => ({
    from: Number(from),
    length: Number(to) - Number(from),
  }));
  const count = bounds.reduce((sum, { length }) => sum + length, 0);
  if (count > most)
    throw new AppError(
      "LIMIT",
      sentence("A seal over {count} rows; at most {most} are sealed together.", { count, most }),
    );
  return bounds.flatMap(({ from, length }) => Array.from({ length }, (_, i) => from + i));
}
