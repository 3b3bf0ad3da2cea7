import { LOOK_MINUTES, readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { PresenceState } from "@/lib/events/schemas";
import { firstName } from "@/lib/format/person";
import { coveringOf } from "@/lib/people/covering";
import type { Context } from "@/lib/rbac/context";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_REASON, EFFECTIVE_SINCE, EFFECTIVE_STATE, STATE_DETAIL } from "./effective-state";
import {
  clientSchema,
  type ClientBlock,
  type ClientDetail,
  type EndingReason,
  type GetClientResult,
  type PresenceFacts,
  type ProofKind,
  type Refusal,
  type StateDetail,
} from "./schemas";
import { RANK, rankOf, startUsOf } from "./version";

/** One client with its state, evidence, session, device and its person, masked unless the session is unmasked. NOT_FOUND for one never heard of. */
export const getClient = readVerb({
  permission: "presence.read",
  input: clientSchema,
  work: async (ctx, { clientId }): Promise<GetClientResult> => {
    const [row, lastRefusal, block] = await Promise.all([
      findRow(ctx, clientId),
      findRefusal(ctx, clientId),
      findBlock(ctx, clientId),
    ]);
    if (row) return { status: "known", client: await toDetail(ctx, row, { lastRefusal, block }) };
    if (lastRefusal) return { status: "refused", clientId, lastRefusal, block };
    throw new AppError(
      "NOT_FOUND",
      sentence("No client {clientId} has ever tried to connect. Check the identifier.", { clientId }),
    );
  },
  audit: (input) => ({
    action: "presence.getClient",
    subjectKind: "client",
    subjectId: input.clientId,
    goesOnForMinutes: LOOK_MINUTES,
  }),
});

interface ClientRow {
  client_id: string;
  person_id: string | null;
  clean_session: boolean;
  platform: string | null;
  app_version: string | null;
  device_model: string | null;
  first_seen_at: Date;
  last_sign_in_at: Date;
  person_name: string | null;
  phone_number: string | null;
  /** The rest is null together, for a client without a session. */
  ver: number | null;
  state: PresenceState;
  detail: StateDetail | null;
  since: Date;
  node: string;
  node_state: PresenceFacts["nodeState"];
  node_state_since: Date;
  proof_kind: ProofKind;
  proof_at: Date;
  doubted_since: Date | null;
  peer_address: string | null;
  peer_port: number | null;
  began_at: Date | null;
  ends_at: Date | null;
  reason: EndingReason | null;
}

const CLIENT = `
select c.client_id, c.person_id, c.clean_session, c.platform, c.app_version, c.device_model, c.first_seen_at, c.last_sign_in_at,
  person.name as person_name, person.phone_number, p.ver, ${EFFECTIVE_STATE} as state, ${EFFECTIVE_SINCE} as since,
  ${STATE_DETAIL} as detail, ${EFFECTIVE_REASON} as reason,
  n.name as node, n.state as node_state, n.state_since as node_state_since, d.since as doubted_since,
  case when sweep.at > p.proof_at then 'sweep' else p.proof_kind end as proof_kind, greatest(sweep.at, p.proof_at) as proof_at,
  p.peer_address, p.peer_port, p.began_at, p.ends_at
from clients c
  left join people person using (person_id)
  left join presence p using (client_key)
  left join broker_nodes n using (node_id)
  left join presence_doubts d on d.client_key = p.client_key
  -- a complete sweep of its node is the proof of every row it left without a doubt
  left join lateral (
    select max(s.started_at) as at from presence_sweeps s where s.node_id = p.node_id and s.complete and d.client_key is null
  ) sweep on true
where c.client_key = $1`;

async function findRow(ctx: Context, clientId: string): Promise<ClientRow | null> {
  const { rows } = await ctx.db.pool.query<ClientRow>(CLIENT, [clientKeyOf(clientId)]);
  return rows[0] ?? null;
}

async function findRefusal(ctx: Context, clientId: string): Promise<Refusal | null> {
  const { rows } = await ctx.db.pool.query<{ at: Date; node: string; reason: string }>(
    `select r.at, n.name as node, r.reason from connect_refusals r join broker_nodes n using (node_id)
     where r.client_id = $1 order by r.at desc limit 1`,
    [clientId],
  );
  const [row] = rows;
  return row ? { at: row.at.toISOString(), node: row.node, reason: row.reason } : null;
}

async function findBlock(ctx: Context, clientId: string): Promise<ClientBlock | null> {
  const { rows } = await ctx.db.pool.query<{ reason: string; until: Date | null; by: string; at: Date }>(
    `select reason, until, blocked_by_name as by, blocked_at as at from blocked_clients
     where client_id = $1 and (until is null or until > $2)`,
    [clientId, ctx.now()],
  );
  const [row] = rows;
  return row ? { ...row, until: row.until?.toISOString() ?? null, at: row.at.toISOString() } : null;
}

// More clients than this of one person are a test device or a fault; how many more there are is said.
const MOST_OTHERS = 8;

interface OtherRow {
  client_id: string;
  device_model: string | null;
  state: PresenceState | null;
  since: Date | null;
  proof_kind: ProofKind | null;
  proof_at: Date | null;
  total: number;
}

async function listOthers(ctx: Context, row: ClientRow): Promise<readonly OtherRow[]> {
  if (row.person_id === null) return [];
  const { rows } = await ctx.db.pool.query<OtherRow>(
    `select c.client_id, c.device_model, s.*, count(*) over () as total from clients c
     left join lateral (
       select ${EFFECTIVE_STATE} as state, ${EFFECTIVE_SINCE} as since, p.proof_kind, p.proof_at
       from presence p join broker_nodes n using (node_id) where p.client_key = c.client_key) s on true
     where c.person_id = $1 and c.client_id <> $2 order by c.last_sign_in_at desc limit $3`,
    [row.person_id, row.client_id, MOST_OTHERS],
  );
  return rows;
}

/** The best of some states, in the order support cares for. */
const bestOf = (states: readonly (PresenceState | null)[]): PresenceState | null =>
  (["online", "unknown", "offline_queued", "offline_gone"] as const).find((state) => states.includes(state)) ?? null;

async function toDetail(
  ctx: Context,
  row: ClientRow,
  { lastRefusal, block }: Pick<ClientDetail, "lastRefusal" | "block">,
): Promise<ClientDetail> {
  const others = await listOthers(ctx, row);
  const covering = coveringOf(ctx.actor);
  return {
    clientId: row.client_id,
    presence: row.ver === null ? null : toFacts(row, row.ver),
    cleanSession: row.clean_session,
    platform: row.platform,
    appVersion: row.app_version,
    deviceModel: row.device_model,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSignInAt: row.last_sign_in_at.toISOString(),
    person: {
      personId: row.person_id === null ? null : covering.personId(row.person_id),
      isMasked: !covering.isWhole,
      firstName: firstName(row.person_name),
      name: covering.name(row.person_name),
      phoneNumber: covering.phone(row.phone_number),
      state: bestOf([row.ver === null ? null : row.state, ...others.map(({ state }) => state)]),
      otherClients: others.map((other) => ({
        clientId: other.client_id,
        state: other.state,
        since: other.since?.toISOString() ?? null,
        proofKind: other.proof_kind,
        proofAt: other.proof_at?.toISOString() ?? null,
        deviceModel: other.device_model,
      })),
      othersLeftOut: (others[0]?.total ?? 0) - others.length,
    },
    lastRefusal,
    block,
  };
}

const toFacts = (row: ClientRow, version: number): PresenceFacts => ({
  state: row.state,
  detail: row.detail,
  since: row.since.toISOString(),
  node: row.node,
  nodeState: row.node_state,
  nodeStateSince: row.node_state_since.toISOString(),
  proofKind: row.proof_kind,
  proofAt: row.proof_at.toISOString(),
  doubtedSince: row.doubted_since?.toISOString() ?? null,
  startedAt: (row.began_at ?? new Date(startUsOf(version) / 1_000)).toISOString(),
  reason: row.reason,
  peerAddress: row.peer_address,
  peerPort: row.peer_port,
  endsAt: rankOf(version) === RANK.open ? (row.ends_at?.toISOString() ?? null) : null,
});
