import type { Pool } from "pg";
import { topicRoot } from "@/lib/env/topic-root";
import { AppError } from "@/lib/errors";
import { clientIdOfTopic } from "@/lib/mqtt/device-topics";
import type { Context } from "@/lib/rbac/context";
import { commandIdOf } from "./command-id";
import type { DeviceAnswers } from "./device-answers";
import { selectMessage } from "./internal";
import { payloadOf } from "./publish-message";
import type { PublishedTarget, ServiceMessage } from "./service-message";
import type { MessageChanges } from "./message-changes";

interface Waiting {
  changes: MessageChanges;
  answers: DeviceAnswers;
}

// How late it is seen when another publisher settled the message before we began to wait, or a notification was lost.
const LOOK_EVERY_MS = 500;

// [MQTT5 3.4.2.1] PUBACK 0x10, [MQTT5 3.5.2.1] PUBREC 0x10
const NO_MATCHING_SUBSCRIBERS = 0x10;

/** Waits until the message to one target is no longer only accepted, at most `timeoutMs`; then it is given as it is. */
export async function awaitAcknowledged(
  ctx: Context,
  { target, timeoutMs, changes }: { target: PublishedTarget; timeoutMs: number } & Pick<Waiting, "changes">,
): Promise<PublishedTarget> {
  const endsAtMs = ctx.now().getTime() + timeoutMs;
  let look = target.repeated;
  for (;;) {
    const now = look ? await lookAgain(ctx, target) : target;
    const leftMs = endsAtMs - ctx.now().getTime();
    if (now.state !== "accepted" || leftMs <= 0) return now;
    const settled = await changes.next(target.messageId, Math.min(leftMs, LOOK_EVERY_MS));
    if (settled?.state === "failed")
      return { ...target, state: "failed", failure: settled.failure, ...said(settled.reasonCode) };
    if (settled)
      return {
        ...target,
        state: "acknowledged",
        acknowledgement: settled.acknowledgement,
        acknowledgedAt: new Date(settled.acknowledgedAtMs).toISOString(),
        ...said(settled.reasonCode),
      };
    look = true;
  }
}

/** A message to one target as the database has it. */
export async function lookAgain(ctx: Context, target: PublishedTarget): Promise<PublishedTarget> {
  const { state, acknowledgedAt, acknowledgement, failure, reasonCode } = await selectMessage(ctx, target.messageId);
  return { ...target, state, acknowledgedAt, acknowledgement, failure, ...said(reasonCode) };
}

const said = (reasonCode: number | null): Pick<PublishedTarget, "reasonCode" | "noMatchingSubscribers"> => ({
  reasonCode,
  noMatchingSubscribers: reasonCode === NO_MATCHING_SUBSCRIBERS,
});

/** The command a message carries: the client it is for and the `id` of its payload. Throws VALIDATION where nothing can answer. */
export function commandOf(message: ServiceMessage): { clientId: string; commandId: string } {
  const { to } = message;
  const clientId =
    "clientId" in to ? to.clientId : "topicName" in to ? clientIdOfTopic(to.topicName, topicRoot()) : null;
  const commandId = commandIdOf(payloadOf(message));
  if (clientId === null || commandId === null)
    throw new AppError(
      "VALIDATION",
      "Only a message to one client whose payload is JSON with an `id` (1 to 64 characters) can be waited for as answered.",
    );
  return { clientId, commandId };
}

/** Waits for the device's event that answers a command, at most `timeoutMs`; null when none came. */
export async function awaitAnswer(
  ctx: Context,
  {
    command,
    timeoutMs,
    answers,
  }: { command: { clientId: string; commandId: string }; timeoutMs: number } & Pick<Waiting, "answers">,
): Promise<PublishedTarget["answer"]> {
  const endsAtMs = ctx.now().getTime() + timeoutMs;
  for (;;) {
    const leftMs = endsAtMs - ctx.now().getTime();
    // listened for before each look, so that one between the two is not missed
    const heard = answers.next(command.clientId, Math.max(0, Math.min(leftMs, 2 * LOOK_EVERY_MS)));
    const answer = await findAnswer(ctx.db.pool, command);
    if (answer || leftMs <= 0) return answer;
    await heard;
  }
}

async function findAnswer(
  pool: Pool,
  { clientId, commandId }: { clientId: string; commandId: string },
): Promise<PublishedTarget["answer"]> {
  const found = await pool.query<{ type: string; received_at: Date; body: unknown }>({
    name: "publish-find-answer",
    text: `select type, received_at, body from device_events where command_id = $1 and client_id = $2 order by id limit 1`,
    values: [commandId, clientId],
  });
  const row = found.rows[0];
  return row ? { type: row.type, receivedAt: row.received_at.toISOString(), body: row.body } : null;
}
