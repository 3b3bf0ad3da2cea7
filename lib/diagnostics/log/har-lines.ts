import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parser } from "stream-json";
import { HarTree } from "./har-tree";

// What a table and a drawer can show; bodies are the phone's business.
const LONGEST_LINE = 48_000;

// As Chromium names what went wrong below HTTP; HAR 1.2 leaves names that begin so to who writes it.
const NET_ERROR = "_error";

/** How reading a HAR ended, with the number of entries that were read. */
export interface HarEnd {
  entries: number;
  /** The file ends or breaks before its end. */
  broken: boolean;
}

/**
 * Reads a HAR 1.2 as a stream and gives its entries as JSON lines, each as our reference form has it, with what else the entry says under `har`.
 * Bodies and other long texts are cut as they pass, so memory stays bounded whatever the file holds. An entry without a time, a method
 * or a URL is given as it is. A file that breaks gives what came before.
 */
export async function* harLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, HarEnd> {
  let entries = 0;
  let wrong: unknown = null;
  const tree = new HarTree();
  const tokens = parser.asStream({ packValues: false, streamValues: true, packKeys: false, streamKeys: true });
  const fed = pipeline(bytes, notingErrors, tokens).catch(() => undefined);
  async function* notingErrors(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* source;
    } catch (cause) {
      wrong = cause;
      throw cause;
    }
  }
  try {
    for await (const token of trusted(tokens)) {
      const entry = tree.take(token);
      if (entry === null) continue;
      entries += 1;
      yield `${lineOf(entry)}\n`;
    }
    return { entries, broken: false };
  } catch {
    // What the source says (too large, a damaged gzip) is not about the HAR.
    if (wrong) throw wrong;
    return { entries, broken: true };
  } finally {
    tokens.destroy();
    await fed;
  }
}

// A duplex of streams has no type for what it gives.
const trusted = (tokens: Duplex): AsyncIterable<parser.Token> => tokens as AsyncIterable<parser.Token>;

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

const positive = (value: unknown): number | undefined => (typeof value === "number" && value >= 0 ? value : undefined);

function lineOf(entry: unknown): string {
  const { startedDateTime, time, request, response, timings, ...rest } = objectOf(entry);
  const [asked, answered] = [objectOf(request), objectOf(response)];
  const status = positive(answered.status) || null;
  const call = {
    t: startedDateTime,
    method: asked.method,
    url: asked.url,
    status,
    ms: positive(time) ?? sumOf(objectOf(timings)),
    bytes: positive(answered.bodySize) ?? positive(objectOf(answered.content).size),
    error: answered[NET_ERROR] ?? rest[NET_ERROR] ?? (status === null ? answered.statusText || undefined : undefined),
  };
  const full = JSON.stringify({ ...call, har: { request: told(asked), response: told(answered), timings } });
  return full.length <= LONGEST_LINE ? full : JSON.stringify({ ...call, har: "…" });
}

/** The parts of a HAR's timings that say something; -1 stands for none. */
function sumOf(timings: Json): number | undefined {
  const parts = Object.values(timings).flatMap((value) => positive(value) ?? []);
  return parts.length > 0 ? parts.reduce((sum, part) => sum + part, 0) : undefined;
}

/**
 * A message without what its call says already, and without cookies, which a HAR repeats. Lists of `{name, value}` become objects, so
 * that the rules that take values out by their names find them.
 */
function told(message: Json): Json {
  const { headers, postData, content, httpVersion } = message;
  const { params, ...body } = objectOf(postData);
  return {
    httpVersion,
    headers: byName(headers),
    ...(postData === undefined ? {} : { postData: { ...body, ...(params ? { params: byName(params) } : {}) } }),
    ...(content === undefined ? {} : { content }),
  };
}

function byName(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return Object.fromEntries(
    list.map((item: unknown, index) => {
      const { name, value } = objectOf(item);
      return [typeof name === "string" ? name : `#${index}`, value];
    }),
  );
}
