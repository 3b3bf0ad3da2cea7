/** An instant (ms) as a datetime-local field wants it, to the second: by the clock of this browser. */
export const localValue = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
