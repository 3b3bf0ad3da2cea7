/** Gives turns, first come first served, one at a time for each key. */
export interface Turns {
  /** Resolves when it is the caller's turn, with the function that ends it (safe to call twice). */
  take: (key: string) => Promise<() => void>;
}

/**
 * Two CONNECTs with one client identifier must not interleave their take-over and their hooks. A turn lasts from the
 * accepted auth to the CONNACK, or to the end of the connection.
 */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    take: async (key) => {
      const before = last.get(key);
      let end = (): void => {};
      const turn = new Promise<void>((resolve) => {
        end = resolve;
      });
      last.set(key, turn);
      await before;
      return () => {
        if (last.get(key) === turn) last.delete(key);
        end();
      };
    },
  };
}
