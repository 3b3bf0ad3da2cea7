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
import { sendsQuery } from "@/lib/api-client/sends";
import type { Send } from "@/lib/publish/sends/schemas";
import { STATUS_OF_SEND, useChoiceWords } from "./send-words";
import styles from "./sends.module.css";

/** Messages to many clients, newest first: those that wait for approval stand out by their mark. */
export function SendsList({
  openId,
  mayPublish,
  onOpen,
}: {
  openId: string | null;
  mayPublish: boolean;
  onOpen: (send: Send) => void;
}) {
  const t = useTranslations("publish.sends");
  const words = useTranslations("components");
  const query = useInfiniteQuery(sendsQuery());
  const sends = query.data?.pages.flatMap((page) => page.sends) ?? [];
  return (
    <Panel
      title={t("list.title")}
      sub={t("list.sub")}
      footer={
        query.hasNextPage ? (
          <Button kind="ghost" size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {words("older")}
          </Button>
        ) : null
      }
    >
      {!query.data ? (
        <Awaited query={query} rows={3} />
      ) : sends.length === 0 ? (
        <EmptyState icon="people" title={t("list.empty")}>
          {t(mayPublish ? "list.emptyAbout" : "list.emptyLook")}
        </EmptyState>
      ) : (
        <ol className={styles.list}>
          {sends.map((send) => (
            <Row key={send.sendId} send={send} isOpen={send.sendId === openId} onOpen={() => onOpen(send)} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Row({ send, isOpen, onOpen }: { send: Send; isOpen: boolean; onOpen: () => void }) {
  const t = useTranslations("publish.sends");
  const format = useFormat();
  const wordsOf = useChoiceWords();
  return (
    <li className={isOpen ? styles.open : undefined}>
      <span className={styles.time}>
        <ClockTime at={send.madeAt} />
      </span>
      <button type="button" className="trunc" onClick={onOpen} {...(isOpen ? { "aria-current": true } : {})}>
        {t("list.to", { count: send.expected, shown: format.count(send.expected) })} · {wordsOf(send)}
      </button>
      <StatusWord status={STATUS_OF_SEND[send.state]} size={14}>
        {t(`states.${send.state}`)}
      </StatusWord>
      <span className={`r t2 ${styles.by}`}>
        {send.state === "running" || send.state === "paused"
          ? `${format.count(Math.floor((send.done * 100) / Math.max(1, send.expected)))} %`
          : send.madeBy}
      </span>
    </li>
  );
}
