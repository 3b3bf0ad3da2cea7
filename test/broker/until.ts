const POLL_MS = 5;

/** Waits until `condition` gives something other than undefined, null or false; fails with `what` after the limit. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  limitMs = 5_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
