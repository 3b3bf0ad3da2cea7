"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ClockTime } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { historyQuery } from "@/lib/api-client/publish";
import type { MessageStatus } from "@/lib/publish/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { STATUS_OF } from "./open-message";
import styles from "./publish.module.css";

/** What was sent from the console, newest first; a row opens its ladder, or fills the form with it. */
export function SentBefore({
  openId,
  onOpen,
  onAgain,
}: {
  openId: string | null;
  onOpen: (message: MessageStatus) => void;
  /** Null for whoever may not publish. */
  onAgain: ((message: MessageStatus) => void) | null;
}) {
  const t = useTranslations("publish");
  const words = useTranslations("components");
  const history = useInfiniteQuery(historyQuery());
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = history;
  const messages = data?.pages.flatMap((page) => page.messages) ?? [];
  return (
    <Panel
      title={t("history.title")}
      sub={t("history.sub")}
      footer={
        hasNextPage ? (
          <Button kind="ghost" size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words("older")}
          </Button>
        ) : null
      }
    >
      {!data ? (
        <Awaited query={history} rows={6} />
      ) : messages.length === 0 ? (
        <EmptyState icon="publish" title={t("history.empty.title")}>
          {t("history.empty.about")}
        </EmptyState>
      ) : (
        <ol className={styles.history}>
          {messages.map((message) => (
            <HistoryRow
              key={message.messageId}
              message={message}
              isOpen={message.messageId === openId}
              onOpen={onOpen}
              onAgain={onAgain}
            />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function HistoryRow({
  message,
  isOpen,
  onOpen,
  onAgain,
}: {
  message: MessageStatus;
  isOpen: boolean;
  onOpen: (message: MessageStatus) => void;
  onAgain: ((message: MessageStatus) => void) | null;
}) {
  const t = useTranslations("publish");
  const format = useFormat();
  const afterMs = Date.parse(message.acknowledgedAt ?? message.acceptedAt) - Date.parse(message.acceptedAt);
  return (
    <li className={isOpen ? styles.open : undefined}>
      <span className={styles.time}>
        <ClockTime at={message.acceptedAt} />
      </span>
      <button
        type="button"
        className="mono trunc"
        title={visibleText(message.topicName)}
        onClick={() => onOpen(message)}
        {...(isOpen ? { "aria-current": true } : {})}
      >
        {/* the end of a topic name says what it is about; the beginning is shared */}
        <bdi>{visibleText(message.topicName)}</bdi>
      </button>
      <StatusWord status={STATUS_OF[message.state]} size={14}>
        {t(`history.states.${message.acknowledgement === "written" ? "written" : message.state}`)}
      </StatusWord>
      <span className={`r t2 ${styles.after}`}>
        {message.state === "acknowledged" ? format.duration(Math.max(1, afterMs)) : t("qos.name", { qos: message.qos })}
      </span>
      {onAgain ? (
        <Button
          kind="ghost"
          size="small"
          icon="again"
          aria-label={t("again.of", { topic: message.topicName })}
          title={t("again.label")}
          onClick={() => onAgain(message)}
        />
      ) : null}
    </li>
  );
}
