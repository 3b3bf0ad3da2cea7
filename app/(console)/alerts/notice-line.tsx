"use client";
import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { StatusMark, type Status } from "@/components/ui/status-mark";
import type { NoticeItem } from "@/lib/alerts/schemas";
import styles from "./alerts.module.css";

const MARK: Record<NoticeItem["state"], Status> = { sent: "online", waiting: "busy", failed: "trouble" };

/** One notice: how it went, in the receiver's own answer, and how often it was tried. */
export function NoticeLine({
  notice,
  hasTitle = false,
  hasChannel = false,
}: {
  notice: NoticeItem;
  hasTitle?: boolean;
  hasChannel?: boolean;
}) {
  const t = useTranslations("alerts.notice");
  const state = notice.state === "waiting" && notice.attempts === 0 ? "waitingFirst" : notice.state;
  return (
    <p className={styles.facts} data-notice={notice.state}>
      <span>
        <StatusMark status={MARK[notice.state]} size={12} /> {hasChannel ? `${notice.channelName}: ` : null}
        {t(notice.event)} {t(state)}
      </span>
      {notice.outcome ? <span>{notice.outcome}</span> : null}
      {notice.attempts > 1 ? <span>{t("attempts", { count: notice.attempts })}</span> : null}
      <span>
        <Age at={notice.attemptedAt ?? notice.createdAt} />
      </span>
      {hasTitle ? <span>{notice.title}</span> : null}
    </p>
  );
}
