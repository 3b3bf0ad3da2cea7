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

/** What a URL holds up to here, and what follows. */
interface Word extends Target {
  next: Map<string, Word>;
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
  private readonly begins = new Map<string, Word>();
  private words = 0;

  /** The number of the target of the call that begins at `start`. */
  numberOf({ bytes, text }: Block, start: number): number {
    const method = text.indexOf('"', start + '{"t":"'.length) + '","method":"'.length;
    const url = text.indexOf('"', method) + '","url":"'.length;
    let at = endOfOrigin(bytes, url);
    let word = this.begin(text.slice(method, at));
    while (word !== null && bytes[at] === SLASH) {
      const end = endOfOrdinary(bytes, at + 1);
      word = this.follow(word, text.slice(at + 1, end));
      at = end;
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
    const known = this.begins.get(text);
    if (known) return known;
    const [, method, host = ""] = BEGIN.exec(text) ?? [];
    if (method === undefined || SECRET.test(text)) return null;
    return this.keep(this.begins, text, () => ({ endpoint: `${copyOf(method)} `, host: copyOf(host) }));
  }

  private follow({ next, endpoint, host }: Word, text: string): Word | null {
    const known = next.get(text);
    if (known) return known;
    if (SECRET.test(text)) return null;
    const word = text.replace(LEADING_IDENTIFIER, ID);
    return next.get(word) ?? this.keep(next, word, (kept) => ({ endpoint: `${endpoint}/${kept}`, host }));
  }

  private keep(words: Map<string, Word>, text: string, targetOf: (kept: string) => Target): Word | null {
    if (this.words >= MOST_WORDS || text.length > LONGEST_WORD) return null;
    this.words += 1;
    const kept = copyOf(text);
    const word: Word = { ...targetOf(kept), next: new Map(), number: LEFT };
    words.set(kept, word);
    return word;
  }
}

/** Where the path of a URL begins: after scheme, host and port, or at once. */
function endOfOrigin(bytes: Buffer, url: number): number {
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
