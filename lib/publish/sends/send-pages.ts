import type { Pool } from "pg";
import { inPoolTransaction } from "@/lib/db/pool-transaction";
import { topicRoot } from "@/lib/env/topic-root";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import type { Qos } from "@/lib/mqtt/qos";
import { fillVariables, insideJson, variablesOf } from "@/lib/mqtt/variables";
import { clientsByKey } from "@/lib/presence/find-candidates";
import { readStretch } from "@/lib/presence/read-found";
import { isUnfiltered, type ClientFilters } from "@/lib/presence/search-filters";
import type { Actor } from "@/lib/rbac/actor";
import { acceptMessages, type Acceptance, type AcceptedBatch } from "../accept-messages";
import type { UserProperties } from "../schemas";
import type { Send } from "./schemas";
import { openSendPayload } from "./send-payload";

/** A send under way as the runner reads it. */
export interface RunningSend {
  id: string;
  source: string;
  actor_kind: Actor["kind"];
  actor_id: string;
  actor_name: string;
  request_id: string;
  filters: ClientFilters;
  client_ids: string[];
  qos: Qos;
  content_type: string | null;
  user_properties: UserProperties | null;
  expiry_seconds: number | null;
  fills: boolean;
  rate_per_second: number;
  most: number;
  handed: number;
  position: string | null;
  payload_bytes: number;
  /** Of its messages in the outbox, at most MOST_WAITING. */
  waiting: number;
}

/** Messages of one send that wait in the outbox at most: pausing takes effect within a second, and a broker that is away is not run ahead of. */
export const MOST_WAITING = 2_048;

/** Sends that may take another page; at most 50. */
export async function readRunning(pool: Pool): Promise<RunningSend[]> {
  const { rows } = await pool.query<RunningSend>({
    name: "sends-running",
    text: `select s.id, source, actor_kind, actor_id, actor_name, request_id, filters, client_ids, qos, content_type, user_properties,
             expiry_seconds, fills, rate_per_second, most, handed, position, payload_bytes,
             (select count(*)::int from (
                select from messages m where m.send_id = s.id and m.state = 'accepted' limit ${MOST_WAITING}) w) as waiting
           from sends s where state = 'running' and not walked order by made_at limit 50`,
  });
  return rows;
}

// Looked through at once, as by a search with filters: about 10 ms.
const STEP = 2_000;
// What was read is used for so long; then a client's state is looked at again.
const FRESH_MS = 3_000;

/** A client a message is for. */
interface Recipient {
  client_key: string;
  client_id: string;
  person_id: string | null;
}

/** What was read ahead of a send's position, in memory only. */
interface Ahead {
  recipients: Recipient[];
  /** Where the next stretch begins; null: there is none. */
  next: string | null;
  readAtMs: number;
}

/** A stretch of clients behind a position that fit, and where looking goes on. */
async function readAhead(pool: Pool, send: RunningSend, nowMs: number): Promise<Ahead> {
  const candidates = clientsByKey(send.client_ids.length > 0 ? send.client_ids : null);
  const filters = isUnfiltered(send.filters) ? null : send.filters;
  const stretch = await readStretch(pool, { candidates, after: send.position, limit: STEP, filters, now: new Date() });
  return {
    recipients: [...stretch.rows],
    next: stretch.examined < STEP ? null : stretch.last,
    readAtMs: nowMs,
  };
}

const NOTHING: AcceptedBatch = { results: [], messages: [], numbers: null, databaseMs: 0 };

/**
 * Machine write: walks sends, a page at a time; who made them was checked and audited then. A page is committed with the position behind it, and only if the send is still running and where it was
 * read from: whoever else may have walked on meanwhile, no client is given the message twice, and none is left out. Holds what was read
 * ahead and the opened payload of each send under way; `forget` drops those of the others.
 */
export function createSendPages(options: {
  pool: Pool;
  /** Names this publisher in what it accepts. */
  by: string;
  nowMs: () => number;
  commit: (work: () => Promise<AcceptedBatch>) => Promise<AcceptedBatch>;
}) {
  const { pool, by, nowMs } = options;
  const ahead = new Map<string, Ahead>();
  const payloads = new Map<string, Buffer>();

  const payloadOf = async (sendId: string): Promise<Buffer> => {
    const known = payloads.get(sendId);
    if (known) return known;
    const { rows } = await pool.query<{ payload: Buffer }>("select payload from sends where id = $1", [sendId]);
    const payload = openSendPayload(sendId, rows[0]?.payload ?? Buffer.alloc(0));
    payloads.set(sendId, payload);
    return payload;
  };

  const recipientsOf = async (send: RunningSend): Promise<Ahead> => {
    const known = ahead.get(send.id);
    // taken out: only a page that was committed leaves something to go on with
    ahead.delete(send.id);
    const isGood = known && known.recipients.length > 0 && nowMs() - known.readAtMs < FRESH_MS;
    return isGood ? known : readAhead(pool, send, nowMs());
  };

  const accept = async (send: RunningSend, step: Step, acceptances: readonly Acceptance[]): Promise<boolean> => {
    if (acceptances.length === 0) return advance(pool, send, step);
    let isTaken = false;
    await options.commit(() =>
      inPoolTransaction(pool, async (client) => {
        isTaken = await advance(client, send, step);
        return isTaken ? acceptMessages(client, { acceptances, by }) : NOTHING;
      }),
    );
    return isTaken;
  };

  return {
    /** Takes the next page, of at most `most` messages, into the outbox; gives how many clients it was for. */
    take: async (send: RunningSend, most: number): Promise<number> => {
      const payload = await payloadOf(send.id);
      const read = await recipientsOf(send);
      const taken = read.recipients.slice(0, Math.min(most, send.most - send.handed));
      const left = read.recipients.slice(taken.length);
      const acceptances = taken.flatMap((recipient) => acceptanceOf(send, { recipient, payload }) ?? []);
      const last = taken.at(-1)?.client_key ?? send.position;
      const isTaken = await accept(
        send,
        {
          position: left.length > 0 ? last : (read.next ?? last),
          walked: left.length === 0 && read.next === null,
          handed: acceptances.length,
          skipped: taken.length - acceptances.length,
          failure: taken.length === 0 && left.length > 0 ? "more_clients_than_allowed" : null,
        },
        acceptances,
      );
      if (isTaken && left.length > 0) ahead.set(send.id, { ...read, recipients: left });
      return taken.length;
    },
    /** Drops what is held of sends that are not among these. */
    forget: (except: readonly string[]): void => {
      for (const held of [ahead, payloads])
        for (const sendId of held.keys()) if (!except.includes(sendId)) held.delete(sendId);
    },
  };
}

/** What a page changes of its send. */
interface Step {
  position: string | null;
  walked: boolean;
  handed: number;
  skipped: number;
  failure: Send["failure"];
}

/** Moves a send's position, if it is still running and where it was; false when not. */
async function advance(client: Pick<Pool, "query">, send: RunningSend, to: Step): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "send-advance",
    text: `update sends set position = $3, walked = $4, handed = handed + $5, waiting = waiting + $5, skipped = skipped + $6,
             failure = $7, state = case when $7::text is null then state else 'failed' end,
             ended_at = case when $7::text is null then ended_at else now() end
           where id = $1 and state = 'running' and position is not distinct from $2::uuid`,
    values: [send.id, send.position, to.position, to.walked, to.handed, to.skipped, to.failure],
  });
  return rowCount === 1;
}

/** The message to one client; null where a variable has no value for it. */
function acceptanceOf(
  send: RunningSend,
  { recipient, payload }: { recipient: Recipient; payload: Buffer },
): Acceptance | null {
  const filled = send.fills ? fillFor(recipient, { payload, contentType: send.content_type }) : payload;
  if (filled === null) return null;
  return {
    sendId: send.id,
    ctx: {
      actor: { kind: send.actor_kind, id: send.actor_id, name: send.actor_name },
      requestId: send.request_id,
      fromAddress: null,
    },
    envelope: {
      topicName: deviceTopics(recipient.client_id, topicRoot()).inbox,
      payload: Uint8Array.from(filled),
      qos: send.qos,
      source: "send",
      contentType: send.content_type,
      userProperties: send.user_properties,
      expirySeconds: send.expiry_seconds,
      // no key of a caller has a space, and one of a person's message has one: a client is given the message once, whatever happens
      idempotencyKey: `send ${send.id} ${recipient.client_id}`,
    },
  };
}

function fillFor(
  { client_id: clientId, person_id: personId }: Recipient,
  { payload, contentType }: { payload: Buffer; contentType: string | null },
): Buffer | null {
  const text = payload.toString("utf8");
  if (personId === null && variablesOf(text).includes("personId")) return null;
  const values = { clientId, ...(personId === null ? {} : { personId }) };
  return Buffer.from(fillVariables(text, values, contentType === "application/json" ? insideJson : undefined));
}
