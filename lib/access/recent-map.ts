/**
 * A map that forgets what was asked for long ago, for the hook path: two plain maps, of which the older one goes when the younger one is half of
 * `most`. A cache that knows the order of every use costs a connect ten times as much (bench/hooks.bench.ts); this one keeps at least the
 * half used last.
 */
export interface RecentMap<V extends object> {
  get: (key: string) => V | undefined;
  set: (key: string, value: V) => void;
  delete: (key: string) => void;
  clear: () => void;
}

export function createRecentMap<V extends object>(most: number): RecentMap<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const set = (key: string, value: V): void => {
    young.set(key, value);
    if (young.size * 2 < most) return;
    old = young;
    young = new Map();
  };
  return {
    set,
    get: (key) => {
      const known = young.get(key);
      if (known) return known;
      const former = old.get(key);
      if (former) set(key, former);
      return former;
    },
    delete: (key) => {
      young.delete(key);
      old.delete(key);
    },
    clear: () => {
      young = new Map();
      old = new Map();
    },
  };
}
