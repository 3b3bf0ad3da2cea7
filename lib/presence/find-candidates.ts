import { clientKeyOf } from "./client-key";
import type { Dictionary } from "./name-dictionary";
import { beginning, nameRanges, type NameRanges } from "./name-ranges";
import type { Reading } from "./read-search-text";

/** SQL of an ordered stretch of what a reading finds; its own values stand before those every stretch takes. */
export interface Candidates {
  values: readonly unknown[];
  /**
   * Rows (ord, client_key, client, position) after the position `after` holds, or from the beginning when it is null, at most as many
   * people or clients as `limit` says, in an order that no change of state moves. `client` is the whole row of clients, which was read to
   * find it; both are null for a person without a client. Columns are COLLATE "C": a beginning is a range of one btree, which also gives the order.
   */
  sql: (parameters: { after: string; limit: string }) => string;
  /** What a position is: the client_key of a client, or the person_id of a person. */
  position: "client" | "person";
  /** Somebody may be left out: more words fit than are looked for. */
  isPartial?: boolean;
  /** Counts at most $n people or clients of the whole result. */
  count: (limit: string) => string;
  /** A query whose planned rows are about the whole result. */
  estimate: string;
}

// Nobody has more phones; a test person might.
const MOST_CLIENTS_OF_A_PERSON = 20;
/** Rows of a broad name looked at for one page: about 5 ms. */
const MOST_BROAD_ROWS = 20_000;

/** How to find what a reading means; null when the dictionary knows already that nobody is found. */
export async function candidatesOf(reading: Reading, dictionary: Dictionary): Promise<Candidates | null> {
  switch (reading.stage) {
    case "newest":
      return ofClients({
        order: ["first_seen_at", "client_key"],
        descending: true,
        where: "true",
        values: [],
      });
    case "token":
      return ofClients({
        order: ["client_key"],
        where: "client_key in (select client_key from client_tokens where token_hash = decode($1, 'hex'))",
        values: [reading.hash],
      });
    case "clientId":
      return ofClients({ order: ["client_key"], where: `${FOLDED_ID} = $1`, values: [reading.text] });
    case "clientIdPrefix": {
      const { low, high } = beginning(reading.text);
      return ofClients({
        order: [FOLDED_ID, "client_key"],
        where: `${FOLDED_ID} >= $1 and ${FOLDED_ID} < $2`,
        values: [low, high],
      });
    }
    case "personId":
      return ofPeople({ column: FOLDED_PERSON, range: { low: reading.text, high: `${reading.text}\u0001` } });
    case "personIdPrefix":
      return ofPeople({ column: FOLDED_PERSON, range: beginning(reading.text) });
    case "phone":
      return ofPeople({ column: "phone_number", range: beginning(reading.prefix) });
    case "phoneEnd":
      return ofPeople({ column: "phone_reversed", range: beginning([...reading.digits].toReversed().join("")) });
    default: {
      const ranges = nameRanges(await dictionary(reading));
      return ranges && ofNames(ranges);
    }
  }
}

/** Every client, or those listed, in the order of their keys; a position is one that may be gone since. */
export function clientsByKey(clientIds: readonly string[] | null): Candidates {
  const where = clientIds ? "client_key = any($1::uuid[])" : "true";
  const found = `select client_key, clients as client from clients where ${where}`;
  return {
    values: clientIds ? [clientIds.map((clientId) => clientKeyOf(clientId))] : [],
    position: "client",
    sql: ({ after, limit }) => `
      select row_number() over () as ord, client_key, client, client_key::text as position from (
        ${found} and (${after}::uuid is null or client_key > ${after}::uuid) order by client_key limit ${limit}) walked`,
    count: (limit) => `select count(*)::int as n from (${found} limit ${limit}) counted`,
    estimate: found,
  };
}

const FOLDED_ID = `lower(client_id) collate "C"`;
const FOLDED_PERSON = `lower(person_id) collate "C"`;

function ofClients(given: {
  order: readonly string[];
  descending?: boolean;
  where: string;
  values: readonly unknown[];
}): Candidates {
  const [direction, sign] = given.descending ? ["desc", "<"] : ["asc", ">"];
  const order = given.order.map((column) => `${column} ${direction}`).join(", ");
  const position = given.order.join(", ");
  return {
    values: given.values,
    position: "client",
    sql: ({ after, limit }) => `
      select row_number() over () as ord, client_key, client, client_key::text as position from (
        select client_key, clients as client from clients where ${given.where}
          and (${after}::uuid is null or (${position}) ${sign} (select ${position} from clients where client_key = ${after}::uuid))
        order by ${order} limit ${limit}) found`,
    count: (limit) =>
      `select count(*)::int as n from (select from clients where ${given.where} limit ${limit}) counted`,
    estimate: `select from clients where ${given.where}`,
  };
}

function ofPeople({ column, range }: { column: string; range: { low: string; high: string } }): Candidates {
  const where = `${column} >= $1 and ${column} < $2`;
  return {
    values: [range.low, range.high],
    position: "person",
    sql: ({ after, limit }) =>
      withClients(`
        select ${column} as k, person_id from people where ${where}
          and (${after}::text is null or (${column}, person_id) > (
            select ${column}, person_id from people where person_id = ${after}))
        order by ${column}, person_id limit ${limit}`),
    count: (limit) => `select count(*)::int as n from (select from people where ${where} limit ${limit}) counted`,
    estimate: `select from people where ${where}`,
  };
}

function ofNames({ ranges, also, isBroad, isPartial }: NameRanges): Candidates {
  const alike = also.map((_, n) => ` and ' ' || word like $${n + 3}`).join("");
  const rows = (where: string, limit: string) =>
    isBroad
      ? `select * from (
           select word, person_id from person_words where word >= r.low and word < r.high${where}
           order by word, person_id limit ${MOST_BROAD_ROWS}) broad where true${alike} limit ${limit}`
      : `select word, person_id from person_words where word >= r.low and word < r.high${where}${alike}
         order by word, person_id limit ${limit}`;
  const many = "unnest($1::text[], $2::text[]) as r(low, high)";
  return {
    values: [ranges.map(({ low }) => low), ranges.map(({ high }) => high), ...also.map((word) => `% ${word}%`)],
    position: "person",
    isPartial,
    sql: ({ after, limit }) => {
      const later = ` and (${after}::text is null or (word, person_id) > (
        select own.word, own.person_id from person_words own, ${many.replaceAll("r(", "o(")}
        where own.person_id = ${after} and own.word >= o.low and own.word < o.high
        order by own.word limit 1))`;
      return withClients(`
        select distinct on (k, person_id) k, person_id from (
          select first_value(row.word) over (partition by row.person_id order by row.word) as k, row.person_id
          from (select * from (select row.* from ${many} cross join lateral (${rows(later, limit)}) row) every
            order by word, person_id limit ${limit}) row) known
        order by k, person_id`);
    },
    count: (limit) =>
      `select count(*)::int as n from (select row.* from ${many} cross join lateral (${rows("", limit)}) row limit ${limit}) counted`,
    estimate: `select from person_words where ${ranges.map((_, n) => `(word >= ($1::text[])[${n + 1}] and word < ($2::text[])[${n + 1}])`).join(" or ")}`,
  };
}

/** People in the order of `k`, each with their clients, or a null where there is none. */
const withClients = (people: string): string => `
  select row_number() over () as ord, own.client_key, own.client, person.person_id as position from (${people}) person
  left join lateral (
    select client_key, clients as client from clients where clients.person_id = person.person_id order by client_key limit ${MOST_CLIENTS_OF_A_PERSON}
  ) own on true`;
