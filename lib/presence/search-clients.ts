import type { Pool } from "pg";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { coveringOf } from "@/lib/people/covering";
import type { Context } from "@/lib/rbac/context";
import { countFacets } from "./facets";
import { readingsOf, waysOf, type Found } from "./find-way";
import { readStretch, type FoundRow } from "./read-found";
import type { Reading } from "./read-search-text";
import { isUnfiltered, type ClientFilters } from "./search-filters";
import { SEARCH_STAGES, searchClientsSchema, type SearchClientsResult } from "./search-schemas";
import { showFound } from "./show-found";

/**
 * Finds clients by whatever the operator has: identifiers, a phone number or its last digits, words of a name, parts of them or
 * words with a slip, a token's hash. The ways to read the text are tried in order and the first that finds anyone answers. Every
 * way is a range of a btree, whatever the number of clients; filters are checked on what it gives, at most MOST_EXAMINED a page.
 * Names and numbers come masked unless the session is unmasked, with what was searched for marked. An empty text lists the newest clients.
 * What is more than a page is counted by `countFound`, so that nobody waits for the count to see the first.
 */
export const searchClients = readVerb({
  permission: "presence.read",
  input: searchClientsSchema,
  work: async (ctx, input): Promise<SearchClientsResult> => {
    const cursor = readCursor(input.cursor);
    const ask = { filters: input.filters, after: cursor?.after ?? null };
    for await (const found of waysOf(ctx.db.search, { ...input, stage: cursor?.stage ?? null })) {
      const page = await readPage(ctx, { ...found, ...ask });
      if (page.examined === 0 && cursor === null && found.reading.stage !== "newest") continue;
      const isAll = cursor === null && page.last === null && isUnfiltered(input.filters);
      return {
        stage: found.reading.stage,
        clients: showFound(page.rows, found.reading, coveringOf(ctx.actor)).slice(0, input.limit),
        total: isAll ? { count: page.rows.length, about: found.candidates.isPartial ?? false } : null,
        facets: isAll ? countFacets(page.rows) : null,
        peopleWithoutClients: page.peopleWithoutClients,
        examined: page.examined,
        stoppedEarly: page.stoppedEarly,
        nextCursor: page.last === null ? null : writeCursor({ stage: found.reading.stage, after: page.last }),
      };
    }
    return nobody(readingsOf(input)[0]);
  },
  // The text is a person's data and stays out of the record; the newest clients are nobody's search, unless their names were whole.
  audit: (input, result, ctx) =>
    (result.stage === "newest" && !coveringOf(ctx.actor).isWhole) || result.clients.length === 0
      ? null
      : {
          action: "presence.searchClients",
          subjectKind: "search",
          subjectId: null,
          details: { by: result.stage, shown: result.clients.length },
        },
});

/** A result up to this is one page, ordered by state; of a larger one this is the length of its pages. About what a screen shows: each row is some reads from all over the tables. */
const PAGE = 20;
/** With filters: looked through at once, and at most for one page; the latter is about 100 ms. */
const STEP = 2_000;
const MOST_EXAMINED = 20_000;

interface Page extends Pick<SearchClientsResult, "peopleWithoutClients" | "examined" | "stoppedEarly"> {
  rows: readonly FoundRow[];
  /** client_key after which the next page begins; null when this is the last. */
  last: string | null;
}

/** Looks through what was found until a page is full, nothing is left, or the bound is reached. */
export async function readPage(
  ctx: Context,
  ask: Found & { filters: ClientFilters; after: string | null },
): Promise<Page> {
  const filters = isUnfiltered(ask.filters) ? null : ask.filters;
  let limit = filters ? STEP : PAGE;
  const page = { rows: [] as FoundRow[], peopleWithoutClients: 0, examined: 0, stoppedEarly: false };
  let after = await toPosition(ctx.db.search, ask);
  let lastClient: string | null = null;
  for (;;) {
    const stretch = await readStretch(ctx.db.search, { ...ask, filters, after, limit, now: ctx.now() });
    const taken = firstOf(stretch.rows, PAGE - page.rows.length);
    page.examined += stretch.examined;
    page.peopleWithoutClients += stretch.peopleWithoutClients;
    page.rows.push(...taken);
    // A page full in the middle of a stretch goes on after its own last client.
    if (taken.length < stretch.rows.length) return { ...page, last: taken.at(-1)?.client_key ?? lastClient };
    if (stretch.examined < limit) return { ...page, last: null };
    lastClient = stretch.lastClient ?? lastClient;
    after = stretch.last;
    if (page.rows.length >= PAGE || (!filters && page.rows.length > 0)) return { ...page, last: lastClient };
    if (page.examined >= MOST_EXAMINED) return { ...page, stoppedEarly: true, last: lastClient };
    // Nobody but people without clients so far: more at once gets past them.
    limit = STEP;
  }
}

/** The first rows, about so many: a person's clients are not parted, as a position is a person. */
function firstOf(rows: readonly FoundRow[], room: number): readonly FoundRow[] {
  const last = rows[room - 1];
  return last ? rows.filter((row, n) => n < room || row.ord === last.ord) : rows;
}

/** Where a page begins in the terms of its candidates: what a cursor names is a client. */
async function toPosition(pool: Pool, ask: Found & { after: string | null }): Promise<string | null> {
  if (ask.after === null || ask.candidates.position === "client") return ask.after;
  const { rows } = await pool.query<{ person_id: string | null }>(
    "select person_id from clients where client_key = $1",
    [ask.after],
  );
  const personId = rows[0]?.person_id;
  if (personId) return personId;
  throw new AppError(
    "CONFLICT",
    "The client this list had come to is not there any more. Search again from the beginning.",
  );
}

const nobody = (first: Reading | undefined): SearchClientsResult => ({
  stage: first?.stage ?? "name",
  clients: [],
  total: { count: 0, about: false },
  facets: countFacets([]),
  peopleWithoutClients: 0,
  examined: 0,
  stoppedEarly: false,
  nextCursor: null,
});

/** Where a page ended, as the way it was found by and a client's key: nothing of a person, and nothing that changes. */
interface Cursor {
  stage: Reading["stage"];
  after: string;
}

const writeCursor = ({ stage, after }: Cursor): string => `${stage}.${after}`;

function readCursor(cursor: string | null | undefined): Cursor | null {
  if (!cursor) return null;
  const [name, after = ""] = cursor.split(".");
  const stage = SEARCH_STAGES.find((one) => one === name);
  if (stage && /^[0-9a-f-]{36}$/.test(after)) return { stage, after };
  throw new AppError("VALIDATION", "cursor: not one this search gave. Search again from the beginning.");
}
