type Values = Record<string, string | number>;

interface Words {
  (key: never, values?: never): string;
  has: (key: never) => boolean;
}

/** The word of a key that the server chose; null where there is none for it. */
export function knownWord(t: Words, key: string, values?: Values): string | null {
  const words = ofAnyKey(t);
  return words.has(key) ? words(key, values) : null;
}

// A translator takes the keys of its file only. Whether one of the server's is among them is not known before `has` tells.
const ofAnyKey = (t: Words) => t as { (key: string, values?: Values): string; has: (key: string) => boolean };
