import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { parseInput, writeVerb } from "@/lib/audit/verb";
import { topicRoot } from "@/lib/env/topic-root";
import { clientIdSchema } from "@/lib/mqtt/client-id";
import { deviceTopics } from "@/lib/mqtt/device-topics";
import { recordPong } from "@/lib/presence/record-pong";
import { requirePermission } from "@/lib/rbac/actor";
import type { Context } from "@/lib/rbac/context";
import { enqueueMessage } from "./enqueue-message";
import { pingClientSchema, type PingClientResult } from "./schemas";

// A phone in a pocket takes a second or two to wake its radio; longer, and whoever waits is better told.
const PATIENCE_MS = 8_000;
// The index answers in well under a millisecond; a listening connection for one wait would cost more.
const LOOK_EVERY_MS = 100;

/**
 * Asks the phone itself: the command `ping` at QoS 1, answered by its app with a pong. The answer is the strongest proof there is, and
 * tells the round trip (our acceptance to our receipt, broker and radio included) and the difference of its clock, to within half of
 * that. Both the question and what became of it are in the audit. Takes up to eight seconds; a phone that does not answer in time is
 * no error, and no proof of anything.
 */
export async function pingClient(ctx: Context, input: z.input<typeof pingClientSchema>): Promise<PingClientResult> {
  requirePermission(ctx.actor, "presence.verify");
  const { clientId } = parseInput(pingClientSchema, input);
  const commandId = randomUUID();
  const { sentAt } = await sendPing(ctx, { clientId, commandId });
  const pong = await findPong(ctx, { clientId, commandId });
  return recordOutcome(ctx, {
    clientId,
    commandId,
    answeredAt: pong?.at.toISOString() ?? null,
    roundTripMs: pong && Math.max(0, pong.at.getTime() - Date.parse(sentAt)),
    clockAheadMs: pong && clockAhead(pong, Date.parse(sentAt)),
  });
}

const commandSchema = z.object({ clientId: clientIdSchema, commandId: z.uuid() });

const sendPing = writeVerb({
  permission: "presence.verify",
  input: commandSchema,
  work: async (ctx, { clientId, commandId }) => {
    const issuedAt = ctx.now();
    const expiresAt = new Date(issuedAt.getTime() + PATIENCE_MS);
    const { acceptedAt } = await enqueueMessage(ctx, {
      topicName: deviceTopics(clientId, topicRoot()).commands,
      payload: Uint8Array.from(
        Buffer.from(JSON.stringify({ id: commandId, type: "ping", issuedAt, expiresAt }), "utf8"),
      ),
      qos: 1,
      source: "diagnostics",
      contentType: "application/json",
      expirySeconds: PATIENCE_MS / 1_000,
    });
    return {
      result: { sentAt: acceptedAt.toISOString() },
      audit: { action: "publish.sendPing", subjectKind: "client", subjectId: clientId, details: { commandId } },
    };
  },
});

interface Pong {
  at: Date;
  /** By the phone's clock; null when its answer did not say. */
  saidAtMs: number | null;
}

async function findPong(ctx: Context, { clientId, commandId }: z.output<typeof commandSchema>): Promise<Pong | null> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_EVERY_MS) {
    const { rows } = await ctx.db.pool.query<{ received_at: Date; said_at: string | null }>(
      `select received_at, body ->> 'at' as said_at from device_events
       where command_id = $1 and client_id = $2 and type = 'pong' order by received_at limit 1`,
      [commandId, clientId],
    );
    const [row] = rows;
    const saidAtMs = Date.parse(row?.said_at ?? "");
    if (row) return { at: row.received_at, saidAtMs: Number.isNaN(saidAtMs) ? null : saidAtMs };
    await wait(LOOK_EVERY_MS);
  }
  return null;
}

/** How far the phone's clock is ahead of ours, as if both ways took equally long. */
const clockAhead = ({ at, saidAtMs }: Pong, sentMs: number): number | null =>
  saidAtMs === null ? null : Math.round(saidAtMs - (sentMs + at.getTime()) / 2);

const outcomeSchema = commandSchema.extend({
  answeredAt: z.iso.datetime().nullable(),
  roundTripMs: z.number().nullable(),
  clockAheadMs: z.number().nullable(),
});

const recordOutcome = writeVerb({
  permission: "presence.verify",
  input: outcomeSchema,
  work: async (ctx, { clientId, commandId, answeredAt, roundTripMs, clockAheadMs }) => {
    const isProof = answeredAt !== null && (await recordPong(ctx, { clientId, at: new Date(answeredAt) }));
    const outcome = answeredAt === null ? ("no_answer" as const) : ("answered" as const);
    const result: PingClientResult = { outcome, roundTripMs, clockAheadMs, isProof };
    return {
      result,
      audit: {
        action: "publish.pingClient",
        subjectKind: "client",
        subjectId: clientId,
        details: { commandId, ...result },
      },
    };
  },
});
