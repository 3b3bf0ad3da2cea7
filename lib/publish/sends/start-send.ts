import { isUtf8 } from "node:buffer";
import { createHmac, randomUUID } from "node:crypto";
import type { z } from "zod";
import { BROAD_FROM } from "@/lib/access/schemas";
import { requireRoleTopic } from "@/lib/access/role-topics";
import { parseInput, writeVerb } from "@/lib/audit/verb";
import { idempotencyHours } from "@/lib/env/idempotency-hours";
import { openingKeys } from "@/lib/env/sealing-key";
import { sendLimits } from "@/lib/env/send-limits";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { sentence } from "@/lib/sentence";
import { notify } from "@/lib/events/notify";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import { variablesOf } from "@/lib/mqtt/variables";
import { requirePermission } from "@/lib/rbac/actor";
import type { Context, TransactionContext } from "@/lib/rbac/context";
import { payloadOf } from "../publish-message";
import { requireTopics } from "../publish-for-service";
import { recipientsOf } from "./read-sends";
import { sendStateSchema, startSendSchema, type Send, type SendState } from "./schemas";
import { sealSendPayload } from "./send-payload";
import { selectSend } from "./send-row";

type SendMessage = z.output<typeof startSendSchema>;

/**
 * Begins a send to many clients' inboxes; a publisher carries it out (run-sends.ts). From the console: within the role's topics, after the
 * operator agreed to the number of clients, and, above SEND_APPROVAL_ABOVE, once a second operator approved. Of a service: within its
 * key's topics and number of clients. Safe to call twice with the same idempotency key. Throws FORBIDDEN; LIMIT above the key's number;
 * CONFLICT when the number was not confirmed or has more than doubled, or the key was used for something else.
 */
export async function startSend(ctx: Context, input: z.input<typeof startSendSchema>): Promise<Started> {
  requirePermission(ctx.actor, "publish.send");
  const message = parseInput(startSendSchema, input);
  const everyInbox = deviceTopics("+", topicRoot()).inbox;
  requireTopics(ctx.actor, [{ topicName: everyInbox }]);
  await requireRoleTopic(ctx, "publish", everyInbox);
  const { total } = await recipientsOf(ctx, message.to.clients);
  const { sendId, repeated } = await insertSend(total, mostOf(ctx, { message, total }))(ctx, input);
  return { send: await selectSend({ actor: ctx.actor, pool: ctx.db.pool }, sendId), repeated };
}

/** The send, and whether an earlier call with the same idempotency key had begun it. */
export interface Started {
  send: Send;
  repeated: boolean;
}

/** At how many clients it stops, however many there are by then. */
function mostOf({ actor }: Context, { message, total }: { message: SendMessage; total: number }): number {
  if (actor.kind !== "operator") {
    const most = (actor.kind === "service" ? actor.mostRecipients : null) ?? sendLimits().mostRecipients;
    if (total <= most) return most;
    throw new AppError(
      "LIMIT",
      sentence("This is for {total} clients; a send of this key reaches at most {most}. Narrow it.", { total, most }),
    );
  }
  const most = Math.max(2 * (message.confirmedClients ?? 0), BROAD_FROM);
  if (message.confirmedClients != null && total <= most) return most;
  throw new AppError("CONFLICT", sentence("This is for {total} clients. Confirm that number.", { total }));
}

const insertSend = (total: number, most: number) =>
  writeVerb({
    permission: "publish.send",
    input: startSendSchema,
    work: async (ctx, message) => {
      const digests = digestsOf(message);
      const before = message.idempotencyKey ? await findRepeated(ctx, { key: message.idempotencyKey, digests }) : null;
      const { sendId, state } = before ?? (await insert(ctx, { message, digest: digests[0], total, most }));
      if (!before) await notify(ctx.tx, { type: "publish.sendChanged", sendId, state });
      const { clientIds, ...filters } = message.to.clients;
      return {
        result: { sendId, repeated: before !== null },
        audit: {
          action: "publish.startSend",
          subjectKind: "send",
          subjectId: sendId,
          details: {
            clients: total,
            filters: JSON.stringify(filters),
            listed: clientIds?.length ?? null,
            qos: message.qos,
            state,
            repeated: before !== null,
          },
        },
      };
    },
  });

interface Made {
  sendId: string;
  state: SendState;
}

async function insert(
  ctx: TransactionContext,
  of: { message: SendMessage; digest: Uint8Array<ArrayBuffer>; total: number; most: number },
): Promise<Made> {
  const { message, total } = of;
  const { clientIds, ...filters } = message.to.clients;
  const { approvalAbove, approvalHours, ratePerSecond } = sendLimits();
  const waits = ctx.actor.kind === "operator" && total > approvalAbove;
  const sendId = randomUUID();
  const state: SendState = waits ? "needs_approval" : "running";
  const payload = payloadOf(message);
  const now = ctx.now();
  await ctx.tx.send.create({
    data: {
      id: sendId,
      state,
      source: ctx.actor.kind === "operator" ? "console" : "api",
      actorKind: ctx.actor.kind,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      requestId: ctx.requestId,
      idempotencyKey: message.idempotencyKey ?? null,
      digest: of.digest,
      filters,
      clientIds: clientIds ? [...new Set(clientIds)] : [],
      qos: message.qos,
      payload: sealSendPayload(sendId, payload),
      payloadBytes: payload.length,
      contentType: message.contentType ?? null,
      ...(message.userProperties ? { userProperties: message.userProperties } : {}),
      expirySeconds: message.expirySeconds ?? null,
      fills: ctx.actor.kind === "operator" && isFilled(payload),
      ratePerSecond: message.to.ratePerSecond ?? ratePerSecond,
      expected: total,
      most: of.most,
      startedAt: waits ? null : now,
      madeAt: now,
      approveBy: waits ? new Date(now.getTime() + approvalHours * 3_600_000) : null,
    },
  });
  return { sendId, state };
}

const isFilled = (payload: Uint8Array): boolean =>
  isUtf8(payload) &&
  variablesOf(Buffer.from(payload).toString("utf8")).some((n) => n === "clientId" || n === "personId");

/** By which a repeated call is known to be the same; keyed, as the row beside it is sealed: by the key in force, then others'. */
function digestsOf({
  idempotencyKey: _key,
  confirmedClients: _agreed,
  ...message
}: SendMessage): [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]] {
  const digestBy = (key: Buffer) => Uint8Array.from(createHmac("sha256", key).update(JSON.stringify(message)).digest());
  const [key, ...others] = openingKeys();
  return [digestBy(key), ...others.map(digestBy)];
}

/** The send an idempotency key was used for before, within the time keys are kept. Throws CONFLICT when it was another one. */
async function findRepeated(
  ctx: TransactionContext,
  { key, digests }: { key: string; digests: readonly Uint8Array[] },
): Promise<Made | null> {
  // Two calls at once with one key: the second waits for the first, and finds it.
  await ctx.tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${ctx.actor.id} ${key}`}, 0))`;
  const row = await ctx.tx.send.findFirst({ where: { actorId: ctx.actor.id, idempotencyKey: key } });
  const keptSince = new Date(ctx.now().getTime() - idempotencyHours() * 3_600_000);
  if (!row) {
    const message = await ctx.tx.message.findFirst({
      where: { actorId: ctx.actor.id, idempotencyKey: key, acceptedAt: { gt: keptSince } },
      select: { id: true },
    });
    if (!message) return null;
    throw new AppError("CONFLICT", "This idempotency key was used for a message. Use a new key for a send.");
  }
  if (row.madeAt < keptSince) {
    await ctx.tx.send.update({ where: { id: row.id }, data: { idempotencyKey: null } });
    return null;
  }
  if (digests.some((digest) => Buffer.from(row.digest).equals(digest)))
    return { sendId: row.id, state: sendStateSchema.parse(row.state) };
  throw new AppError("CONFLICT", "This idempotency key was used for another send. Use a new key for a new send.");
}
