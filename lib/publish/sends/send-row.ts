import type { Pool } from "pg";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import type { Qos } from "@/lib/mqtt/qos";
import type { Actor } from "@/lib/rbac/actor";
import type { ClientFilters } from "@/lib/presence/search-filters";
import type { Send } from "./schemas";

/** A row of `sends` as SEND_COLUMNS select it. */
interface SendRow {
  id: string;
  state: Send["state"];
  source: Send["source"];
  actor_id: string;
  actor_name: string;
  made_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  filters: ClientFilters;
  listed: number | null;
  qos: Qos;
  payload_bytes: number;
  content_type: string | null;
  rate_per_second: number;
  expected: number;
  handed: number;
  waiting: number;
  failed: number;
  expired: number;
  skipped: number;
  busy_ms: number;
  failure: Send["failure"];
  approve_by: Date | null;
  decided_by: string | null;
  decided_at: Date | null;
}

const SEND_COLUMNS = `id, case when state = 'needs_approval' and approve_by <= now() then 'lapsed' else state end as state, source,
  actor_id, actor_name, made_at, started_at, ended_at, filters, nullif(cardinality(client_ids), 0) as listed, qos, payload_bytes, content_type,
  rate_per_second, expected, handed, waiting, failed, expired, skipped, busy_ms, failure, approve_by, decided_by, decided_at`;

// Below a second of work a rate is noise.
const LEAST_BUSY_MS = 1_000;

function toSend(row: SendRow, actor: Actor): Send {
  const settled = row.handed - row.waiting;
  const perSecond = row.busy_ms < LEAST_BUSY_MS ? null : Math.round((settled * 10_000) / row.busy_ms) / 10;
  const left = Math.max(0, row.expected - row.skipped - settled);
  return {
    sendId: row.id,
    state: row.state,
    source: row.source,
    madeBy: row.actor_name,
    own: row.actor_id === actor.id,
    madeAt: row.made_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    filters: row.filters,
    listed: row.listed,
    qos: row.qos,
    payloadBytes: row.payload_bytes,
    contentType: row.content_type,
    ratePerSecond: row.rate_per_second,
    expected: row.expected,
    done: settled - row.failed - row.expired,
    waiting: row.waiting,
    failed: row.failed,
    expired: row.expired,
    skipped: row.skipped,
    perSecond,
    secondsLeft: row.state === "running" && perSecond ? Math.ceil(left / perSecond) : null,
    failure: row.failure,
    approval: row.approve_by && {
      by: row.approve_by.toISOString(),
      decidedBy: row.decided_by,
      decidedAt: row.decided_at?.toISOString() ?? null,
    },
  };
}

/** One send, for verbs that have checked a permission. A service sees only its own. Throws NOT_FOUND. */
export async function selectSend(
  { actor, pool }: { actor: Actor; pool: Pick<Pool, "query"> },
  sendId: string,
): Promise<Send> {
  const [send] = await selectSends({ actor, pool }, { where: "id = $2", values: [sendId], limit: 1 });
  if (!send) throw new AppError("NOT_FOUND", sentence("There is no send {sendId}. Check the id.", { sendId }));
  return send;
}

/** Sends, newest first. `where` takes its values from $2 on. A service sees only its own. */
export async function selectSends(
  { actor, pool }: { actor: Actor; pool: Pick<Pool, "query"> },
  of: { where: string; values: readonly unknown[]; limit: number },
): Promise<Send[]> {
  const ownerId = actor.kind === "service" ? actor.id : null;
  const { rows } = await pool.query<SendRow>(
    `select ${SEND_COLUMNS} from sends where ($1::text is null or actor_id = $1) and ${of.where}
     order by made_at desc limit ${of.limit}`,
    [ownerId, ...of.values],
  );
  return rows.map((row) => toSend(row, actor));
}
