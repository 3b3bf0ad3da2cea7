import type { Pool } from "pg";
import { readVerb } from "@/lib/audit/verb";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { PresenceState } from "@/lib/events/schemas";
import { clientKeyOf } from "./client-key";
import { EFFECTIVE_REASON, EFFECTIVE_SINCE, EFFECTIVE_STATE, PRESENCE_JOIN, STATE_DETAIL } from "./effective-state";
import { STATES_BEST_FIRST } from "./person-state";
import {
  clientSchema,
  personPresenceSchema,
  queryPresenceSchema,
  type PersonPresence,
  type PresenceReport,
  type PresenceReports,
  type ProofKind,
  type EndingReason,
  type StateDetail,
} from "./schemas";

/** The presence of one client, and nothing of its person. Throws NOT_FOUND for one that never had a session. */
export const getPresence = readVerb({
  permission: "presence.read",
  input: clientSchema,
  work: async (ctx, { clientId }): Promise<PresenceReport> => {
    const [report] = await readPresence(ctx.db.pool, [clientId], ctx.now());
    if (!report)
      throw new AppError("NOT_FOUND", sentence("The client {clientId} has never been connected.", { clientId }));
    return report;
  },
  audit: ({ clientId }) => ({ action: "presence.getPresence", subjectKind: "client", subjectId: clientId }),
});

/** The presence of up to 1 000 clients. */
export const queryPresence = readVerb({
  permission: "presence.read",
  input: queryPresenceSchema,
  work: async (ctx, { clientIds }): Promise<PresenceReports> => {
    const asked = [...new Set(clientIds)];
    const found = new Map(
      (await readPresence(ctx.db.pool, asked, ctx.now())).map((report) => [report.clientId, report]),
    );
    return {
      presences: asked.flatMap((clientId) => found.get(clientId) ?? []),
      neverSeen: asked.filter((clientId) => !found.has(clientId)),
    };
  },
  audit: ({ clientIds }) => ({
    action: "presence.queryPresence",
    subjectKind: "client",
    subjectId: null,
    details: { clients: clientIds.length },
  }),
});

const MOST_CLIENTS = 50;

/** A person's presence with that of each of their clients. Throws NOT_FOUND for a person nobody ever told of. */
export const getPersonPresence = readVerb({
  permission: "presence.read",
  input: personPresenceSchema,
  work: async (ctx, { personId }): Promise<PersonPresence> => {
    const known = await ctx.db.pool.query<{ client_id: string | null }>(
      `select c.client_id from (select $1::text as person_id) asked left join clients c using (person_id)
       where c.client_id is not null or exists (select 1 from people p where p.person_id = $1)
       order by c.last_sign_in_at desc limit ${MOST_CLIENTS}`,
      [personId],
    );
    if (known.rows.length === 0)
      throw new AppError("NOT_FOUND", "This person is not known: never imported, and no client of theirs signed in.");
    const clientIds = known.rows.flatMap(({ client_id }) => client_id ?? []);
    return { personId, ...rollUp(await readPresence(ctx.db.pool, clientIds, ctx.now())) };
  },
  audit: ({ personId }) => ({ action: "presence.getPersonPresence", subjectKind: "person", subjectId: personId }),
});

const rankOf = (state: PresenceState): number => STATES_BEST_FIRST.indexOf(state);

/** The best of several clients' presences; `clients` best first, the later change first among equals. */
export function rollUp(reports: readonly PresenceReport[]): Omit<PersonPresence, "personId"> {
  const clients = reports.toSorted(
    (a, b) => rankOf(a.state) - rankOf(b.state) || Date.parse(b.since) - Date.parse(a.since),
  );
  const state = clients[0]?.state ?? null;
  if (state === null) return { state, since: null, clients };
  const isReachable = state === "online" || state === "unknown";
  const instants = clients.filter((client) => !isReachable || client.state === state).map(({ since }) => since);
  const since = instants.toSorted().at(isReachable ? 0 : -1) ?? null;
  return { state, since, clients };
}

interface Row {
  client_id: string;
  state: PresenceState;
  since: Date;
  node: string;
  proof_kind: ProofKind;
  proof_at: Date;
  detail: StateDetail | null;
  end_reason: EndingReason | null;
  doubted_since: Date | null;
  corrected_at: Date | null;
}

const REPORTS = `
select c.client_id, ${EFFECTIVE_STATE} as state, ${EFFECTIVE_SINCE} as since, n.name as node,
  case when sweep.at > p.proof_at then 'sweep' else p.proof_kind end as proof_kind, greatest(sweep.at, p.proof_at) as proof_at,
  ${STATE_DETAIL} as detail, ${EFFECTIVE_REASON} as end_reason, d.since as doubted_since,
  -- a correction is later than the change it made, and earlier than the next one
  (select max(x.at) from presence_corrections x where x.client_key = p.client_key and x.at >= p.changed_at) as corrected_at
from ${PRESENCE_JOIN}
  left join presence_doubts d on d.client_key = p.client_key
  left join lateral (
    select max(s.started_at) as at from presence_sweeps s where s.node_id = p.node_id and s.complete and d.client_key is null
  ) sweep on true
where p.client_key = any($1::uuid[])`;

/** The presence of these clients at `now`, in no order; one without a session is left out. For our own processes, unasked. */
export async function readPresence(pool: Pool, clientIds: readonly string[], now: Date): Promise<PresenceReport[]> {
  if (clientIds.length === 0) return [];
  const { rows } = await pool.query<Row>(REPORTS, [clientIds.map((clientId) => clientKeyOf(clientId))]);
  return rows.map((row) => ({
    clientId: row.client_id,
    state: row.state,
    since: row.since.toISOString(),
    node: row.node,
    proof: {
      kind: row.proof_kind,
      at: row.proof_at.toISOString(),
      // the database's clock may be a little ahead of ours
      ageSeconds: Math.max(0, Math.round((now.getTime() - row.proof_at.getTime()) / 1_000)),
    },
    detail: row.detail,
    endReason: row.end_reason,
    doubtedSince: row.doubted_since?.toISOString() ?? null,
    correctedAt: row.corrected_at?.toISOString() ?? null,
  }));
}
