import { ID, IDENTIFIER } from "./endpoint-sql";

/** Where a call went. */
export interface Target {
  /** Method and template of the path: `GET /v1/orders/{id}`. */
  endpoint: string;
  /** Host and port; empty where the URL is a path alone. */
  host: string;
}

/** Calls that went to one target, and whether their URLs may hold a secret. */
export interface NumberedTarget extends Target {
  mayHoldSecret: boolean;
}

/** The number of a call whose target is left to DuckDB; others are below it. */
export const LEFT = 0xffff;

/** Lines of plain calls: their bytes, and these read as Latin-1. */
export interface Block {
  bytes: Buffer;
  text: string;
}

// The words of all APIs that a phone speaks to are fewer by far; a log that has more is not worth the memory.
const MOST_WORDS = 20_000;
const LONGEST_WORD = 200;
// At one place, so many are compared letter by letter before a word is looked up, which takes a text of its own and a hash.
const MOST_COMPARED = 8;

const SHORTEST_BEGIN = '{"t":"2026-11-19T14:00:00Z';

const QUOTE = 34;
const HASH = 35;
const SLASH = 47;
const COLON = 58;
const QUESTION_MARK = 63;

// RFC 3986 §2: what stands for itself in a path, but `+` and `=`, without which none of the rules of redaction begins but those below.
const ORDINARY = new Uint8Array(256);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;")
  ORDINARY[letter.charCodeAt(0)] = 1;

/** What a secret begins as that has ordinary letters alone: a token, a telephone number; and a header, in place of a host or its scheme. */
const SECRET = /eyj|(?:62|0)8[0-9](?:[.-]?[0-9]){6}|(?:authorization|cookie):/i;

/** The method, and all of the URL that stands before its path. */
const BEGIN = /^([A-Z]+)","url":"(?:[a-z][a-z0-9.-]{0,14}:\/\/([a-z0-9.-]+(?::[0-9]+)?))?$/i;

const LEADING_IDENTIFIER = new RegExp(`^${IDENTIFIER}`, "i");

/** Words that may stand at one place. */
interface Words {
  byText: Map<string, Word>;
  /** Those met first. */
  first: Word[];
}

/** What a URL holds up to here, and what follows. */
interface Word extends Target {
  letters: Buffer;
  next: Words;
  /** Of calls that went here without a query, those with one have the next; LEFT as long as there was none. */
  number: number;
}

/**
 * Numbers the targets of plain calls by the words of their paths, each met once and kept: what is no known word is an identifier, by
 * the rule of `pathTemplate`, or a word from now on. A URL is left to DuckDB where something before its query may be a secret, by the rules
 * of redaction with any names but without values of a team's own, and where DuckDB may see other letters.
 */
export class CallTargets {
  /** By number; only those with a query may hold a secret. */
  readonly targets: NumberedTarget[] = [];
  private readonly begins: Words = { byText: new Map(), first: [] };
  private words = 0;

  /** The number of the target of the call that begins at `start`. */
  numberOf({ bytes, text }: Block, start: number): number {
    const method = endOfText(bytes, start + SHORTEST_BEGIN.length) + '","method":"'.length;
    let word = wordAt(this.begins.first, bytes, method);
    let at = word === null ? endOfOrigin(bytes, method) : method + word.letters.length;
    word ??= this.begin(text.slice(method, at));
    while (word !== null && bytes[at] === SLASH) {
      const from = at + 1;
      const known = wordAt(word.next.first, bytes, from);
      at = known === null ? endOfOrdinary(bytes, from) : from + known.letters.length;
      word = known ?? this.follow(word, text.slice(from, at));
    }
    const after = bytes[at];
    const hasQuery = after === QUESTION_MARK || after === HASH;
    if (word === null || (after !== QUOTE && !hasQuery)) return LEFT;
    if (word.number === LEFT) word.number = this.add(word);
    return hasQuery ? word.number + 1 : word.number;
  }

  private add({ endpoint, host }: Word): number {
    const target = { endpoint, host, mayHoldSecret: false };
    return this.targets.push(target, { ...target, mayHoldSecret: true }) - 2;
  }

  private begin(text: string): Word | null {
    const known = this.begins.byText.get(text);
    if (known) return known;
    const [, method, host = ""] = BEGIN.exec(text) ?? [];
    if (method === undefined || SECRET.test(text)) return null;
    return this.keep(this.begins, text, () => ({ endpoint: `${copyOf(method)} `, host: copyOf(host) }));
  }

  private follow({ next, endpoint, host }: Word, text: string): Word | null {
    const known = next.byText.get(text);
    if (known) return known;
    if (SECRET.test(text)) return null;
    const word = text.replace(LEADING_IDENTIFIER, ID);
    return next.byText.get(word) ?? this.keep(next, word, (kept) => ({ endpoint: `${endpoint}/${kept}`, host }));
  }

  private keep(words: Words, text: string, targetOf: (kept: string) => Target): Word | null {
    if (this.words >= MOST_WORDS || text.length > LONGEST_WORD) return null;
    this.words += 1;
    const kept = copyOf(text);
    const next = { byText: new Map(), first: [] };
    const word: Word = { ...targetOf(kept), letters: Buffer.from(kept, "latin1"), next, number: LEFT };
    words.byText.set(kept, word);
    if (words.first.length < MOST_COMPARED) words.first.push(word);
    return word;
  }
}

/** The one of these words that stands at `start`, up to where a path goes on or ends. */
function wordAt(words: readonly Word[], bytes: Buffer, start: number): Word | null {
  for (const word of words) {
    const { letters } = word;
    let at = 0;
    while (at < letters.length && letters[at] === bytes[start + at]) at += 1;
    if (at === letters.length && endsWord(bytes[start + at])) return word;
  }
  return null;
}

const endsWord = (letter: number | undefined): boolean =>
  letter === SLASH || letter === QUOTE || letter === QUESTION_MARK || letter === HASH;

function endOfText(bytes: Buffer, start: number): number {
  let end = start;
  while (bytes[end] !== QUOTE) end += 1;
  return end;
}

/** Where the path of a call's URL begins: after scheme, host and port, or at once. */
function endOfOrigin(bytes: Buffer, method: number): number {
  const url = endOfText(bytes, method) + '","url":"'.length;
  const scheme = endOfOrdinary(bytes, url);
  if (bytes[scheme] !== COLON) return url;
  const host = endOfOrdinary(bytes, scheme + "://".length);
  return bytes[host] === COLON ? endOfOrdinary(bytes, host + 1) : host;
}

function endOfOrdinary(bytes: Buffer, start: number): number {
  let end = start;
  while (ORDINARY[bytes[end] ?? 0] === 1) end += 1;
  return end;
}

// A part of a text keeps all of it in memory.
const copyOf = (text: string): string => Buffer.from(text, "latin1").toString("latin1");
