import { createHash, randomUUID } from "node:crypto";
import { applyDeviceEvents } from "@/lib/diagnostics/apply-device-events";
import { dispatchLogRequests } from "@/lib/diagnostics/dispatch-log-requests";
import { getLogRequest } from "@/lib/diagnostics/get-log-request";
import { requestLog } from "@/lib/diagnostics/request-log";
import type { InputOf } from "@/lib/audit/verb";
import { createLog } from "@/lib/log/log";
import { openPayload } from "@/lib/publish/kept-payload";
import { migrateQueue } from "@/lib/queue/run-queue";
import type { Context } from "@/lib/rbac/context";
import { testDatabase } from "./database";
import { makeClient, makeNode, testContext } from "./factories";
import { testObjectStore } from "./object-store";

export type PhoneState = "online" | "queued" | "unknown";

/** A command as it was put into the outbox. */
export interface SentCommand {
  id: string;
  type: string;
  upload?: { method: string; url: string; headers: Record<string, string> };
  [field: string]: unknown;
}

export const CONTENT = '{"t":"2026-11-19T21:02:16Z","method":"GET","url":"https://api.x/v1/me","status":200}\n';
export const ANNOUNCED = {
  type: "logs.accepted",
  bytes: CONTENT.length,
  sha256: createHash("sha256").update(CONTENT).digest("hex"),
};

/** A database, a store and phones that are rows, for tests of a log request's life. Call it at the top level of a test file. */
export async function logLife() {
  const { db, url } = await testDatabase();
  const { store } = await testObjectStore();
  const log = createLog("test", "silent");
  await migrateQueue({ url, log });
  const engineer = testContext(db, { role: "engineer" });
  const worker = testContext(db, { process: "worker" });
  const node = await makeNode(db);
  const downNode = await makeNode(db, { state: "down" });

  /** The phone's session begins anew, in that state. */
  const connect = async (clientKey: string, state: PhoneState, at = new Date()): Promise<void> => {
    await db.pool.query(
      `with cohort as (
         insert into presence_cohorts (cohort, platform, app_version, clean_session)
         select presence_cohort(platform, app_version, clean_session), platform, app_version, clean_session
         from clients where client_key = $1 on conflict do nothing)
       insert into presence (client_key, ver, node_id, changed_at, proof_kind, proof_at, cohort)
       select $1, $4::bigint * 4000 + $2, $3, now(), 'hook', now(), presence_cohort(platform, app_version, clean_session)
       from clients where client_key = $1
       on conflict (client_key) do update set ver = excluded.ver, node_id = excluded.node_id, changed_at = now()`,
      [clientKey, state === "queued" ? 1 : 0, state === "unknown" ? downNode.nodeId : node.nodeId, at.getTime()],
    );
  };
  const phone = async (state: PhoneState): Promise<string> => {
    const { clientId, clientKey } = await makeClient(db);
    await connect(clientKey, state);
    return clientId;
  };
  const ask = async (clientId: string, over: Partial<InputOf<typeof requestLog>> = {}): Promise<string> =>
    (await requestLog(engineer, { clientId, reason: "app freezes", ...over })).logRequestId;
  const lifeOf = (logRequestId: string) => getLogRequest(engineer, { logRequestId });
  const stateOf = async (logRequestId: string) => (await lifeOf(logRequestId)).state;
  const commandsFor = async (clientId: string): Promise<SentCommand[]> => {
    const rows = await db.prisma.message.findMany({ where: { clientId }, orderBy: { seq: "asc" } });
    return rows.map((row) => JSON.parse(openPayload(row).toString()) as SentCommand);
  };
  const typesFor = async (clientId: string) => (await commandsFor(clientId)).map(({ type }) => type);
  /** What a device says, as recorded; returns the event's id. */
  const answer = async (clientId: string, commandId: string, event: { type: string } & Record<string, unknown>) => {
    const body = { commandId, at: new Date().toISOString(), nonce: randomUUID(), ...event };
    const row = await db.prisma.deviceEvent.create({
      data: { clientId, commandId, type: event.type, body, contentHash: Buffer.from(JSON.stringify(body)) },
    });
    return Number(row.id);
  };
  const dispatch = (clientId: string, ctx: Context = worker) =>
    dispatchLogRequests(ctx, { store, clientIds: [clientId] });
  const apply = (logRequestId: string, ctx: Context = worker) => applyDeviceEvents(ctx, store, logRequestId);
  /** Asked for, sent, and agreed to: the phone has its link. */
  const accepted = async (over: Parameters<typeof ask>[1] = {}) => {
    const clientId = await phone("online");
    const id = await ask(clientId, over);
    await dispatch(clientId);
    await answer(clientId, id, ANNOUNCED);
    await apply(id);
    const upload = (await commandsFor(clientId)).at(-1)?.upload;
    if (!upload) throw new Error("no upload command");
    return { clientId, id, upload };
  };
  const putContent = ({ url: to, method, headers }: NonNullable<SentCommand["upload"]>) =>
    fetch(to, { method, headers, body: CONTENT });
  /** A worker whose clock is ahead. */
  const later = (ms: number): Context => testContext(db, { process: "worker" }, { now: new Date(Date.now() + ms) });

  return {
    db,
    url,
    store,
    log,
    engineer,
    worker,
    later,
    connect,
    phone,
    ask,
    lifeOf,
    stateOf,
    commandsFor,
    typesFor,
    answer,
    dispatch,
    apply,
    accepted,
    putContent,
  };
}
