import type { Transaction } from "@/lib/db/database";
import { addJob } from "@/lib/queue/add-job";
import type { NoticeContent } from "./notice";
import type { Severity } from "./schemas";

/** Name of the queue's task that delivers one notice. */
export const DELIVER_TASK = "alerts:deliver";
// e, e², … seconds between: eight attempts are about half an hour.
const MOST_ATTEMPTS = 8;

/** Machine write beside what it tells: one notice a channel and its job, in the caller's transaction. */
export async function queueNotices(
  tx: Transaction,
  notice: { channelIds: readonly string[]; alertId: string | null; content: NoticeContent },
): Promise<string[]> {
  const ids: string[] = [];
  for (const channelId of notice.channelIds) {
    const { id } = await tx.alertNotice.create({
      data: { channelId, alertId: notice.alertId, event: notice.content.event, content: notice.content },
      select: { id: true },
    });
    await addJob(tx, {
      task: DELIVER_TASK,
      payload: { noticeId: id },
      key: `alert-notice:${id}`,
      maxAttempts: MOST_ATTEMPTS,
    });
    ids.push(id);
  }
  return ids;
}

/** Channels that are told of alerts this grave. */
export async function channelsFor(tx: Transaction, severity: Severity): Promise<string[]> {
  const channels = await tx.alertChannel.findMany({
    where: { enabled: true, severities: { has: severity } },
    select: { id: true },
  });
  return channels.map(({ id }) => id);
}

/** Channels that were told of this alert, and are still on: they are told of its end. */
export async function channelsTold(tx: Transaction, alertId: string): Promise<string[]> {
  const channels = await tx.alertChannel.findMany({
    where: { enabled: true, notices: { some: { alertId } } },
    select: { id: true },
  });
  return channels.map(({ id }) => id);
}
