import type { AlertChannel, AlertNotice } from "@/lib/db/generated/client";
import { keptSentence, type Say } from "@/lib/sentence";
import { noticeContent, subjectOf } from "./notice";
import { NOTICE_EVENTS, type NoticeItem } from "./schemas";

const STATES = ["waiting", "sent", "failed"] as const;

/** A notice as it is shown: what it told, and how it went. */
export const asNotice = (row: AlertNotice & { channel: Pick<AlertChannel, "name"> }): NoticeItem => ({
  id: row.id,
  channelName: row.channel.name,
  event: NOTICE_EVENTS.find((event) => event === row.event) ?? "test",
  state: STATES.find((state) => state === row.state) ?? "waiting",
  attempts: row.attempts,
  outcome: row.outcome,
  createdAt: row.createdAt.toISOString(),
  attemptedAt: row.attemptedAt?.toISOString() ?? null,
  title: subjectOf(noticeContent.parse(row.content)),
});

/** The same for an operator: what came of it is said in their language. */
export const noticeSaid = (notice: NoticeItem, say: Say): NoticeItem => ({
  ...notice,
  outcome: notice.outcome === null ? null : say(keptSentence(notice.outcome)),
});
