import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import type { PresenceState } from "@/lib/events/schemas";
import type { Context } from "@/lib/rbac/context";
import { EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN } from "./effective-state";
import { markClientId, markName, markPhone } from "./mark-match";
import { readSearchText, type Reading } from "./read-search-text";
import { MOST_COUNTED, searchClientsSchema, type ProofKind, type SearchClientsResult } from "./schemas";

/**
 * Finds clients by whatever the operator has: identifiers, a phone number or its last digits, words of a name. The ways to
 * read the text are tried in order and the first that finds anyone answers. Every way is a range of a btree, whatever the
 * number of clients. Names and numbers come masked, with what was searched for marked. An empty text lists the newest clients.
 */
export const searchClients = readVerb({
  permission: "presence.read",
  input: searchClientsSchema,
  work: async (ctx, input): Promise<SearchClientsResult> => {
    const readings = readSearchText(input.text);
    const page = { states: input.states, after: readCursor(input.cursor), limit: input.limit };
    for (const reading of readings) {
      const found = await findBy(ctx, reading, page);
      if (found.total > 0) return found.result;
    }
    const [first = { stage: "newest" as const }] = readings;
    return { stage: first.stage, clients: [], counts: NOBODY, countsAreAtLeast: false, nextCursor: null };
  },
  // The text is a person's data and stays out of the record; the newest clients are nobody's search.
  audit: (input, result) =>
    input.text === "" || result.clients.length === 0
      ? null
      : {
          action: "presence.searchClients",
          subjectKind: "search",
          subjectId: null,
          details: { by: result.stage, shown: result.clients.length },
        },
});

const NOBODY: Record<PresenceState, number> = { online: 0, unknown: 0, offline_queued: 0, offline_gone: 0 };

interface Page {
  states: readonly PresenceState[];
  after: Position | null;
  limit: number;
}

/** Where a page ended: rank of the state, µs of what it is ordered by, client identifier. */
interface Position {
  rank: number;
  orderUs: number;
  clientId: string;
}

interface FoundRow {
  client_id: string;
  name: string | null;
  phone_number: string | null;
  platform: string | null;
  app_version: string | null;
  state: PresenceState;
  since: string;
  order_us: number;
  rank: number;
  node: string;
  proof_kind: ProofKind;
  proof_at: string;
}

async function findBy(ctx: Context, reading: Reading, page: Page) {
  const { sql, values } = candidates(reading);
  const { rows } = await ctx.db.pool.query<{ counts: Record<PresenceState, number>; found: FoundRow[] }>(
    searchSql({ candidates: sql, used: values.length, order: ORDER[reading.stage === "newest" ? "newest" : "found"] }),
    [
      ...values,
      MOST_COUNTED + 1,
      page.states,
      page.after?.rank ?? -1,
      page.after?.orderUs ?? 0,
      page.after?.clientId ?? "",
      page.limit + 1,
    ],
  );
  const { counts, found } = rows[0] ?? { counts: NOBODY, found: [] };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shown = found.slice(0, page.limit);
  const last = found.length > page.limit ? shown.at(-1) : undefined;
  const result: SearchClientsResult = {
    stage: reading.stage,
    clients: shown.map((row) => ({
      clientId: row.client_id,
      markedClientId: markClientId(row.client_id, reading),
      name: markName(row.name, reading),
      phoneNumber: markPhone(row.phone_number, reading),
      platform: row.platform,
      appVersion: row.app_version,
      state: row.state,
      since: new Date(row.since).toISOString(),
      node: row.node,
      proofKind: row.proof_kind,
      proofAt: new Date(row.proof_at).toISOString(),
    })),
    counts,
    countsAreAtLeast: total > MOST_COUNTED,
    nextCursor: last ? writeCursor({ rank: last.rank, orderUs: last.order_us, clientId: last.client_id }) : null,
  };
  return { total, result };
}

/** SQL that gives client keys, its values as $1, $2 …; columns are COLLATE "C", so a beginning is a range. */
function candidates(reading: Reading): { sql: string; values: string[] } {
  switch (reading.stage) {
    case "newest":
      return { sql: "select client_key from clients order by first_seen_at desc", values: [] };
    case "clientId":
      return { sql: "select client_key from clients where client_id = $1", values: [reading.text] };
    case "clientIdPrefix":
      return {
        sql: "select client_key from clients where client_id >= $1 and client_id < $2",
        values: range(reading.text),
      };
    case "personId":
      return { sql: "select client_key from clients where person_id = $1", values: [reading.text] };
    case "personIdPrefix":
      return {
        sql: "select client_key from clients where person_id >= $1 and person_id < $2",
        values: range(reading.text),
      };
    case "phone":
      return { sql: ofPeople("phone_number >= $1 and phone_number < $2"), values: range(reading.prefix) };
    case "phoneEnd":
      return {
        sql: ofPeople("phone_reversed >= $1 and phone_reversed < $2"),
        values: range([...reading.digits].toReversed().join("")),
      };
    case "name": {
      const has = (n: number) =>
        `person_id in (select person_id from person_words where word >= $${2 * n + 1} and word < $${2 * n + 2})`;
      return {
        sql: `select client_key from clients where ${reading.words.map((_, n) => has(n)).join(" and ")}`,
        values: reading.words.flatMap(range),
      };
    }
  }
}

const ofPeople = (where: string): string =>
  `select client_key from clients where person_id in (select person_id from people where ${where})`;

// The last code point: above every character a value can go on with.
const range = (prefix: string): string[] => [prefix, `${prefix}\u{10FFFF}`];

/** What was searched for stands by state; the newest stand still while their states change. */
const ORDER = {
  found: {
    rank: "case state when 'online' then 0 when 'unknown' then 1 when 'offline_queued' then 2 else 3 end",
    by: "since",
  },
  newest: { rank: "0", by: "first_seen_at" },
} as const;

function searchSql({
  candidates: candidatesSql,
  used,
  order,
}: {
  candidates: string;
  /** How many values the candidates take. */
  used: number;
  order: (typeof ORDER)[keyof typeof ORDER];
}): string {
  const [most, states, rank, orderUs, clientId, limit] = Array.from({ length: 6 }, (_, n) => `$${used + n + 1}`);
  return `
with candidate as materialized (${candidatesSql} limit ${most}),
known as materialized (
  select c.client_id, c.person_id, c.platform, c.app_version, c.first_seen_at, p.proof_kind, p.proof_at, n.name as node,
    ${EFFECTIVE_STATE} as state, ${EFFECTIVE_SINCE} as since
  from candidate join (${PRESENCE_JOIN}) using (client_key)
), ranked as (
  select *, ${order.rank} as rank, (extract(epoch from ${order.by}) * 1000000)::bigint as order_us from known
), page as (
  select * from ranked
  where (cardinality(${states}::text[]) = 0 or state = any(${states}::text[]))
    and (rank, -order_us, client_id) > (${rank}::int, -(${orderUs}::bigint), ${clientId}::text collate "C")
  order by rank, order_us desc, client_id limit ${limit}
)
select
  (select json_build_object('online', count(*) filter (where state = 'online'),
      'unknown', count(*) filter (where state = 'unknown'),
      'offline_queued', count(*) filter (where state = 'offline_queued'),
      'offline_gone', count(*) filter (where state = 'offline_gone')) from known) as counts,
  (select coalesce(json_agg(row_to_json(shown)), '[]') from (
      select page.*, people.name, people.phone_number from page left join people using (person_id)
      order by rank, order_us desc, client_id) shown) as found`;
}

const writeCursor = (position: Position): string =>
  Buffer.from(JSON.stringify([position.rank, position.orderUs, position.clientId])).toString("base64url");

function readCursor(cursor: string | null | undefined): Position | null {
  if (!cursor) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parsed)) {
      const [rank, orderUs, clientId] = parsed as unknown[];
      if (Number.isInteger(rank) && Number.isInteger(orderUs) && typeof clientId === "string")
        return { rank: Number(rank), orderUs: Number(orderUs), clientId };
    }
  } catch {
    // Said below, with what is not a list.
  }
  throw new AppError("VALIDATION", "cursor: not one this search gave. Search again from the beginning.");
}
