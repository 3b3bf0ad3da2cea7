/** The last of `count` ascending values that is not above `most`; -1 when all are. */
export function lastAtMost(count: number, valueOf: (index: number) => number, most: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueOf(middle) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
