import type { AuditFact } from "@/lib/audit/record-audit";
import { writeVerb } from "@/lib/audit/verb";
import type { Transaction } from "@/lib/db/database";
import { notify } from "@/lib/events/notify";
import { addJob } from "@/lib/queue/add-job";
import { forgetPersonSchema, type Forgotten } from "./schemas";
import { personOf } from "./person-of";

/** What of a person is where: every table with a column of this name holds it, and is emptied of it. forget-person.db.test.ts knows all tables. */
export const FORGOTTEN = {
  // in this order: what leads to the clients goes last
  client_key: [
    "presence",
    "presence_doubts",
    "presence_corrections",
    "sessions",
    "announced_endings",
    "flapping_clients",
    "client_device_changes",
    "client_tokens",
  ],
  client_id: [
    "connect_refusals",
    "messages",
    "device_events",
    "log_requests",
    "client_notes",
    "blocked_clients",
    "topic_refusals",
    "client_releases",
  ],
  person_id: ["blocks", "grants", "person_words", "people_import_named", "clients", "people"],
} as const;

/** Tables whose rows hold lists of clients: whom messages and log requests were for. */
const LISTS = ["sends", "log_request_bulks"] as const;

/** Objects in the store, in the queue's payload. */
export const DISCARD_TASK = "people:discardObjects";

/**
 * Forgets a person: who they are, their clients, and everything that was kept of those (sessions and addresses, messages, what devices
 * said, logs, notes). The audit keeps that it was done. A client that is still connected is not disconnected: its next sign-in makes it
 * known anew, so its token is to be revoked first: revocations stay until the tokens are over. Blocks are lifted. An import under way does not bring the person back. Tells what went. Safe to call
 * twice; by a client that is not known it is NOT_FOUND.
 */
export const forgetPerson = writeVerb({
  permission: "people.write",
  input: forgetPersonSchema,
  work: async (ctx, { reason, ...whose }): Promise<{ result: Forgotten; audit: AuditFact }> => {
    const personId = await personOf(ctx.tx, whose);
    const clients = await ctx.tx.$queryRaw<{ client_key: string; client_id: string }[]>`
      select client_key::text, client_id from clients where person_id = ${personId} order by client_key for update`;
    const clientIds = clients.map((client) => client.client_id);
    await discardObjects(ctx.tx, clientIds);
    await ctx.tx.$executeRaw`
      insert into people_import_forgotten (import_id, person_id)
      select id, ${personId} from people_imports where state in ('receiving', 'waiting', 'running') on conflict do nothing`;
    const rows: Record<string, number> = {};
    // Left a place in each list: one without any client would be of everyone.
    for (const table of LISTS)
      if (clientIds.length > 0)
        rows[table] = await ctx.tx.$executeRawUnsafe(
          `update ${table} set client_ids = array(
             select case when id = any($1::text[]) then '' else id end from unnest(client_ids) as id)
           where client_ids && $1::text[]`,
          clientIds,
        );
    for (const table of FORGOTTEN.client_key)
      rows[table] = await ctx.tx.$executeRawUnsafe(
        `delete from ${table} where client_key = any($1::text[]::uuid[])`,
        clients.map((client) => client.client_key),
      );
    for (const table of FORGOTTEN.client_id)
      rows[table] = await ctx.tx.$executeRawUnsafe(`delete from ${table} where client_id = any($1::text[])`, clientIds);
    for (const table of FORGOTTEN.person_id)
      rows[table] = await ctx.tx.$executeRawUnsafe(`delete from ${table} where person_id = $1`, personId);
    // Gateways know blocks by heart.
    if ((rows.blocks ?? 0) + (rows.blocked_clients ?? 0) > 0) await notify(ctx.tx, { type: "access.blocksChanged" });
    const removed = Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0));
    return {
      result: { clients: clients.length, removed },
      audit: {
        action: "people.forgetPerson",
        subjectKind: "person",
        subjectId: personId,
        reason: reason ?? null,
        details: { rows: removed },
      },
    };
  },
});

/** Their logs in the object store: removed by the worker, once this is committed. */
async function discardObjects(tx: Transaction, clientIds: readonly string[]): Promise<void> {
  const found = await tx.$queryRaw<{ key: string }[]>`
    select unnest(array[upload_key, log_key, original_key]) as key from log_requests where client_id = any(${clientIds})`;
  const keys = found.map(({ key }) => key).filter((key) => key !== null);
  if (keys.length > 0) await addJob(tx, { task: DISCARD_TASK, payload: { keys } });
}
