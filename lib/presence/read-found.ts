import type { Pool } from "pg";
import { prepared } from "@/lib/db/prepared";
import type { PresenceState } from "@/lib/events/schemas";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_SINCE, EFFECTIVE_STATE, STATE_DETAIL } from "./effective-state";
import type { Candidates } from "./find-candidates";
import { FLAPPING_MINUTES, type ProofKind, type StateDetail } from "./schemas";
import { seenSince, type ClientFilters } from "./search-filters";

/** A found client as it is stored, nothing masked. Instants are µs since the epoch. */
export interface FoundRow {
  ord: number;
  client_key: string;
  client_id: string;
  person_id: string | null;
  name: string | null;
  phone_number: string | null;
  platform: string | null;
  app_version: string | null;
  device_model: string | null;
  clean_session: boolean;
  state: PresenceState;
  since_us: number;
  node: string;
  proof_kind: ProofKind;
  proof_us: number;
  detail: StateDetail | null;
  doubted_us: number | null;
  flapping: boolean;
}

export interface Stretch {
  rows: readonly FoundRow[];
  /** People or clients looked through; fewer than asked for: there are no more. */
  examined: number;
  peopleWithoutClients: number;
  /** Position of the last one looked through, and the last client among them; null when there is none. */
  last: string | null;
  lastClient: string | null;
}

/** Reads one stretch of what was found, with what is known of each now. `filters` null: all of it. */
export async function readStretch(
  pool: Pool,
  ask: {
    candidates: Candidates;
    after: string | null;
    limit: number;
    filters: ClientFilters | null;
    now: Date;
  },
): Promise<Stretch> {
  const { candidates, filters } = ask;
  const values: unknown[] = [...candidates.values];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const after = value(ask.after);
  const limit = value(ask.limit);
  const narrowed = filters ? narrowing(filters, ask.now, value) : "true";
  const text = `with candidate as materialized (${candidates.sql({ after, limit })}),
     ${SWEPT},
     looked as (
       select count(distinct ord)::int as examined, count(*) filter (where client_key is null)::int as without,
         (array_agg(position order by ord desc))[1] as last,
         (array_agg(client_key order by ord desc) filter (where client_key is not null))[1] as last_client from candidate)
     select found.*, looked.* from looked left join (
       select candidate.ord, c.client_key, c.client_id, c.person_id, c.platform, c.app_version, c.device_model, c.clean_session,
         person.name, person.phone_number, ${EFFECTIVE_STATE} as state, n.name as node, ${PROOF_KIND} as proof_kind,
         (extract(epoch from ${EFFECTIVE_SINCE}) * 1000000)::bigint as since_us,
         (extract(epoch from ${PROOF_AT}) * 1000000)::bigint as proof_us, ${FLAPPING} as flapping,
         ${STATE_DETAIL} as detail, (extract(epoch from d.since) * 1000000)::bigint as doubted_us
       from candidate cross join lateral (select (candidate.client).*) c join presence p on p.client_key = c.client_key join broker_nodes n using (node_id)
         left join people person on person.person_id = c.person_id
         left join swept on swept.node_id = p.node_id left join presence_doubts d on d.client_key = p.client_key
       where ${narrowed}) found on true
     order by found.ord, found.client_key`;
  const { rows } = await pool.query<
    FoundRow & { examined: number; without: number; last: string | null; last_client: string | null }
  >(filters ? { text, values } : prepared(text, values));
  const [first] = rows;
  return {
    rows: rows.filter((row) => row.client_key !== null),
    examined: first?.examined ?? 0,
    peopleWithoutClients: first?.without ?? 0,
    last: first?.last ?? null,
    lastClient: first?.last_client ?? null,
  };
}

// A complete sweep of its node is the proof of every row it left without a doubt.
const SWEPT = `swept as materialized (
       select node_id, (select started_at from presence_sweeps s where s.node_id = n.node_id and s.complete order by started_at desc limit 1) as at
       from broker_nodes n)`;
const IS_SWEPT = "(swept.at > p.proof_at and d.client_key is null)";
const PROOF_KIND = `case when ${IS_SWEPT} then 'sweep' else p.proof_kind end`;
const PROOF_AT = `(case when ${IS_SWEPT} then swept.at else p.proof_at end)`;
const FLAPPING = `exists (select from flapping_clients f where f.client_key = p.client_key and f.last_at > now() - interval '${FLAPPING_MINUTES} minutes')`;

function narrowing(filters: ClientFilters, now: Date, value: (given: unknown) => string): string {
  const anyOf = (column: string, wanted: readonly string[]) =>
    wanted.length > 0 ? [`${column} = any(${value(wanted)}::text[])`] : [];
  return [
    "true",
    ...anyOf(EFFECTIVE_STATE, filters.states),
    ...anyOf("n.name", filters.nodes),
    ...anyOf("c.platform", filters.platforms),
    ...anyOf("c.app_version", filters.appVersions),
    ...(filters.seen ? [`${PROOF_AT} >= ${value(seenSince(filters.seen, now))}`] : []),
    ...(filters.flapping ? [FLAPPING] : []),
    ...(filters.session ? [filters.session === "clean" ? "c.clean_session" : "not c.clean_session"] : []),
  ].join(" and ");
}

interface Count {
  filters: ClientFilters;
  now: Date;
}

interface StateCount {
  state: PresenceState;
  clients: number;
}

/** How many clients, of those listed or of all, are in which state and fit the filters: looks at each of them. */
export const countEach = (
  pool: Pool,
  { clientIds, ...count }: Count & { clientIds: readonly string[] | null },
): Promise<StateCount[]> =>
  countLooked(pool, count, (value) =>
    clientIds ? `p.client_key = any(${value(clientIds.map((id) => clientKeyOf(id)))}::uuid[])` : "true",
  );

/** The same of clients in doubt whose own proof is older than an instant, so that no sweep renews it. */
export const countDoubted = (pool: Pool, { before, ...count }: Count & { before: Date }): Promise<StateCount[]> =>
  countLooked(pool, count, (value) => `d.client_key is not null and p.proof_at < ${value(before)}`);

async function countLooked(
  pool: Pool,
  { filters, now }: Count,
  which: (value: (given: unknown) => string) => string,
): Promise<StateCount[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { rows } = await pool.query<StateCount>(
    `with ${SWEPT} select ${EFFECTIVE_STATE} as state, count(*) as clients
     from presence p join clients c using (client_key) join broker_nodes n using (node_id)
       left join swept on swept.node_id = p.node_id left join presence_doubts d on d.client_key = p.client_key
     where ${narrowing(filters, now, value)} and ${which(value)} group by 1`,
    values,
  );
  return rows;
}

/** Names of the nodes with a complete sweep since an instant, which proves every row it left without a doubt, and of the others. */
export async function readSweptNodes(pool: Pool, since: Date): Promise<{ swept: string[]; others: string[] }> {
  const { rows } = await pool.query<{ name: string; is_swept: boolean }>(
    `with ${SWEPT} select n.name, coalesce(swept.at >= $1, false) as is_swept from broker_nodes n join swept using (node_id)`,
    [since],
  );
  const named = (wanted: boolean): string[] => rows.filter((row) => row.is_swept === wanted).map(({ name }) => name);
  return { swept: named(true), others: named(false) };
}
