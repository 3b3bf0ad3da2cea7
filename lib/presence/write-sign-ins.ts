import type { Pool } from "pg";
import { inPoolTransaction } from "@/lib/db/pool-transaction";
import { writePersonWords } from "@/lib/people/write-person-words";
import { clientKeyOf } from "./client-key";
import { cohortOf } from "./cohort";

/** Who a verified token said a client is, and what its connect said of the session. */
export interface SignIn {
  clientId: string;
  personId: string;
  name: string | null;
  phoneNumber: string | null;
  platform: string | null;
  appVersion: string | null;
  deviceModel: string | null;
  cleanSession: boolean;
  /** SHA-256 of its token, base64: an operator who was given only the token finds the client by it. */
  tokenHash: string;
  /** Its `jti`, by which its issuer may revoke it. */
  tokenId: string | null;
}

export interface Refusal {
  clientId: string;
  node: string;
  atUs: number;
  reason: string;
  peerAddress: string | null;
}

/**
 * Machine write: what sign-ins said of clients and people, one row each, in one transaction. A claim that is absent keeps
 * what is known. A client bound to a person keeps that person (contract 1): the gateway refuses another's token before this, but
 * for those let in while the store was away. Gives the identifiers of clients that are another person's.
 */
export async function writeSignIns(pool: Pool, signIns: readonly SignIn[]): Promise<string[]> {
  if (signIns.length === 0) return [];
  const rows = lastOfEach(signIns);
  const people = [...new Map(signIns.map((signIn) => [signIn.personId, signIn])).values()].toSorted(byPerson);
  const owned = await inPoolTransaction(pool, async (client) => {
    const renamed = await client.query<{ person_id: string; name: string | null }>(UPSERT_PEOPLE, [
      people.map((row) => row.personId),
      people.map((row) => row.name),
      people.map((row) => row.phoneNumber),
    ]);
    await writePersonWords(
      client,
      renamed.rows.map((row) => ({ personId: row.person_id, name: row.name })),
    );
    const own = await client.query<{ client_id: string }>(UPSERT_CLIENTS, clientColumns(rows));
    await client.query(UPSERT_TOKENS, tokenColumns(rows));
    await client.query(NAME_COHORTS, cohortColumns(signIns));
    return new Set(own.rows.map((row) => row.client_id));
  });
  return [...new Set(signIns.map((signIn) => signIn.clientId))].filter((clientId) => !owned.has(clientId));
}

const byPerson = (a: SignIn, b: SignIn): number => (a.personId < b.personId ? -1 : 1);

// Returns the people whose name is new, so that only their words are written again.
const UPSERT_PEOPLE = `
insert into people as p (person_id, name, phone_number) select * from unnest($1::text[], $2::text[], $3::text[])
on conflict (person_id) do update set
  name = coalesce(excluded.name, p.name), phone_number = coalesce(excluded.phone_number, p.phone_number), updated_at = now()
  where (coalesce(excluded.name, p.name), coalesce(excluded.phone_number, p.phone_number)) is distinct from (p.name, p.phone_number)
returning person_id, name`;

// The columns of what a device was before go to its history, when the token says something else now.
const UPSERT_CLIENTS = `
with upserted as (
insert into clients as c (client_key, client_id, person_id, platform, app_version, device_model, clean_session)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
on conflict (client_key) do update set
  platform = coalesce(excluded.platform, c.platform), app_version = coalesce(excluded.app_version, c.app_version),
  device_model = coalesce(excluded.device_model, c.device_model), clean_session = excluded.clean_session,
  person_id = excluded.person_id, last_sign_in_at = now()
  where c.person_id = excluded.person_id or c.person_id is null
returning new.client_key, new.client_id, new.device_model, new.app_version, new.platform, old.client_key as known,
  old.device_model as old_device_model, old.app_version as old_app_version
), changed as (
insert into client_device_changes (client_key, device_model, app_version, platform, old_device_model, old_app_version)
select client_key, device_model, app_version, platform, old_device_model, old_app_version from upserted
where known is not null and (device_model, app_version) is distinct from (old_device_model, old_app_version)
)
select client_id from upserted`;

// What the counters' cohorts are called.
const NAME_COHORTS = `
insert into presence_cohorts (cohort, platform, app_version, clean_session)
select * from unnest($1::int[], $2::text[], $3::text[], $4::boolean[]) as t(cohort) order by cohort on conflict do nothing`;

function cohortColumns(signIns: readonly SignIn[]): unknown[] {
  // A batch has few cohorts, and their key is a hash.
  const cohorts = [
    ...new Map(signIns.map((row) => [`${row.platform}/${row.appVersion}/${row.cleanSession}`, row])).values(),
  ];
  return [
    cohorts.map((row) => cohortOf(row)),
    cohorts.map((row) => row.platform),
    cohorts.map((row) => row.appVersion),
    cohorts.map((row) => row.cleanSession),
  ];
}

// A client comes back with the token it had far more often than with another.
const UPSERT_TOKENS = `
insert into client_tokens as t (client_key, token_hash, token_id)
select client_key, decode(s.token_hash, 'base64'), s.token_id
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as s(client_key, person_id, token_hash, token_id)
  join clients using (client_key, person_id)
on conflict (client_key) do update set token_hash = excluded.token_hash, token_id = excluded.token_id
  where t.token_hash <> excluded.token_hash`;

function tokenColumns(rows: readonly KeyedSignIn[]): unknown[] {
  return [
    rows.map((row) => row.key),
    rows.map((row) => row.personId),
    rows.map((row) => row.tokenHash),
    rows.map((row) => row.tokenId),
  ];
}

type KeyedSignIn = SignIn & { key: string };

/** Each client's last sign-in, by key, so that writers lock in one order. */
const lastOfEach = (signIns: readonly SignIn[]): KeyedSignIn[] =>
  [...new Map(signIns.map((signIn) => [signIn.clientId, signIn])).values()]
    .map((signIn) => ({ ...signIn, key: clientKeyOf(signIn.clientId) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));

function clientColumns(rows: readonly KeyedSignIn[]): unknown[] {
  return [
    rows.map((row) => row.key),
    rows.map((row) => row.clientId),
    rows.map((row) => row.personId),
    rows.map((row) => row.platform),
    rows.map((row) => row.appVersion),
    rows.map((row) => row.deviceModel),
    rows.map((row) => row.cleanSession),
  ];
}

/** Machine write: refused connects, kept for the client page. */
export async function writeRefusals(pool: Pool, refusals: readonly Refusal[]): Promise<void> {
  if (refusals.length === 0) return;
  await pool.query(
    `insert into connect_refusals (client_id, node_id, at, reason, peer_address)
     select t.client_id, n.node_id, to_timestamp(t.at_us / 1e6), t.reason, t.peer_address
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) as t(client_id, node, at_us, reason, peer_address)
     join broker_nodes n on n.name = t.node`,
    [
      refusals.map((row) => row.clientId),
      refusals.map((row) => row.node),
      refusals.map((row) => row.atUs),
      refusals.map((row) => row.reason),
      refusals.map((row) => row.peerAddress),
    ],
  );
}
