import { AppError } from "@/lib/errors";
import { notify } from "@/lib/events/notify";
import type { Mail } from "@/lib/mail/mail-transport";
import type { Context } from "@/lib/rbac/context";
import { sentence, written } from "@/lib/sentence";
import { openSecrets, type ChannelSecrets } from "./channel-secrets";
import { noticeContent } from "./notice";
import { sendNotice, type Attempt } from "./send-notice";

/**
 * Machine write by the queue: one attempt to deliver a notice, and what came of it.
 * States of a notice: waiting → sent, or failed when the receiver refused it for good or the last attempt came to nothing.
 * Throws UNAVAILABLE when the queue should try again later. A notice that is not waiting any more is left alone.
 */
export async function deliverNotice(
  ctx: Context,
  parts: { noticeId: string; isLastAttempt: boolean; mail: Mail | null },
): Promise<void> {
  const { prisma } = ctx.db;
  const notice = await prisma.alertNotice.findUnique({ where: { id: parts.noticeId }, include: { channel: true } });
  if (!notice || notice.state !== "waiting") return;
  const secrets = readSecrets(notice.channel);
  const attempt: Attempt =
    "outcome" in secrets
      ? secrets
      : await sendNotice({ id: notice.id, content: noticeContent.parse(notice.content) }, secrets, parts.mail);
  const state = attempt.isSent ? "sent" : attempt.isFinal || parts.isLastAttempt ? "failed" : "waiting";
  await prisma.$transaction(async (tx) => {
    await tx.alertNotice.update({
      where: { id: notice.id },
      data: { state, attempts: { increment: 1 }, outcome: attempt.outcome, attemptedAt: ctx.now() },
    });
    await notify(tx, { type: "alert.noticeTried", channelId: notice.channelId, alertId: notice.alertId });
  });
  if (state === "waiting")
    throw new AppError(
      "UNAVAILABLE",
      sentence("The channel {name} was not told: {outcome}", { name: notice.channel.name, outcome: attempt.outcome }),
    );
}

function readSecrets(channel: {
  id: string;
  sealed: Uint8Array;
}): ChannelSecrets | Extract<Attempt, { isSent: false }> {
  try {
    return openSecrets(channel);
  } catch {
    // What failed would say nothing more: the key is another one, or the row was changed.
    return {
      isSent: false,
      outcome: written("Its secrets cannot be opened with the SEALING_KEY of the worker; set them anew."),
      isFinal: true,
    };
  }
}
