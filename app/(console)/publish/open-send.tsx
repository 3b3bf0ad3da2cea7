"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Age, Until } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { CopyText } from "@/components/ui/copy-text";
import { ErrorState } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";
import { Facts, Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { readSendPayload, sendQuery } from "@/lib/api-client/sends";
import type { Send } from "@/lib/publish/sends/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { formatPayload } from "./draft";
import { fromBase64, toHex } from "./payload-bytes";
import { SendActs, type SendAgain } from "./send-acts";
import { STATUS_OF_SEND, useChoiceWords, useSendSentence } from "./send-words";
import publish from "./publish.module.css";
import styles from "./sends.module.css";

/** The page's sentence about the open send, and what may be done with it. */
export function OpenSend({
  sendId,
  mayPublish,
  onAgain,
}: {
  sendId: string;
  mayPublish: boolean;
  onAgain: (again: SendAgain) => void;
}) {
  const t = useTranslations("publish");
  const sentenceOf = useSendSentence();
  const send = useQuery(sendQuery(sendId)).data;
  if (!send) return <Answer status={null}>{t("sends.title")}</Answer>;
  return (
    <Answer
      status={STATUS_OF_SEND[send.state]}
      proofs={<Proofs send={send} />}
      actions={mayPublish ? <SendActs send={send} onAgain={onAgain} /> : null}
    >
      {sentenceOf(send)}
    </Answer>
  );
}

/** How far the open send is, and what it says for whoever may publish. */
export function SendPanels({ sendId, mayPublish }: { sendId: string; mayPublish: boolean }) {
  const t = useTranslations("publish");
  const query = useQuery(sendQuery(sendId));
  if (query.data)
    return (
      <>
        <Progress send={query.data} />
        {mayPublish ? <Content key={sendId} sendId={sendId} /> : null}
      </>
    );
  return query.error ? (
    <Panel title={t("sends.progress.title")}>
      <ErrorState title={query.error.message} onRetry={() => void query.refetch()} />
    </Panel>
  ) : null;
}

function Proofs({ send }: { send: Send }) {
  const t = useTranslations("publish");
  const wordsOf = useChoiceWords();
  const { approval } = send;
  return (
    <>
      <span className="proof">
        <Icon name="publish" size={14} />
        <span>
          {t("sends.madeBy", { name: send.madeBy })} <Age at={send.madeAt} />
        </span>
      </span>
      <span className="proof">{wordsOf(send)}</span>
      <span className="proof">{t("qos.name", { qos: send.qos })}</span>
      {approval?.decidedBy && send.state !== "declined" ? (
        <span className="proof">{t("sends.approvedBy", { name: approval.decidedBy })}</span>
      ) : null}
      {approval && send.state === "needs_approval" ? (
        <span className="proof">
          {t("sends.lapses")} <Until at={approval.by} />
        </span>
      ) : null}
      <span className="proof">
        {t("sends.id")} <CopyText text={send.sendId} shown={send.sendId.slice(-8)} />
      </span>
    </>
  );
}

const PARTS = ["done", "waiting", "failed", "expired", "skipped"] as const;

/** How far it is: a bar of its clients, and each count in words. */
function Progress({ send }: { send: Send }) {
  const t = useTranslations("publish.sends.progress");
  const format = useFormat();
  const settled = PARTS.reduce((sum, part) => sum + send[part], 0);
  const whole = Math.max(1, settled, send.expected);
  const shown = PARTS.filter((part) => part === "done" || part === "waiting" || send[part] > 0);
  return (
    <Panel title={t("title")} sub={t("sub", { rate: format.count(send.ratePerSecond) })}>
      <div className={styles.bar} aria-hidden="true">
        {PARTS.map((part) => (
          <i key={part} className={styles[part]} style={{ width: `${(send[part] * 100) / whole}%` }} />
        ))}
      </div>
      <Facts
        rows={[
          { key: "expected", name: t("expected"), value: format.count(send.expected) },
          ...shown.map((part) => ({ key: part, name: t(part), value: format.count(send[part]) })),
          {
            key: "rate",
            name: t("rate"),
            value: send.perSecond === null ? "–" : t("perSecond", { rate: format.count(send.perSecond) }),
          },
          ...(send.secondsLeft === null
            ? []
            : [{ key: "left", name: t("left"), value: format.duration(Math.max(1_000, send.secondsLeft * 1_000)) }]),
        ]}
      />
    </Panel>
  );
}

/** What it says, once asked for: each look is recorded. */
function Content({ sendId }: { sendId: string }) {
  const t = useTranslations("publish.content");
  const [isShown, setShown] = useState(false);
  const query = useQuery({
    queryKey: ["publish", "sendPayload", sendId],
    queryFn: () => readSendPayload(sendId),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isShown,
  });
  return (
    <Panel
      title={t("title")}
      sub={<span className="hide-s">{t("sub")}</span>}
      actions={
        <Button size="small" icon="eye" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {t(isShown ? "hide" : "show")}
        </Button>
      }
    >
      {!isShown ? null : query.data ? (
        <pre className={publish.content}>
          {query.data.text === null
            ? toHex(fromBase64(query.data.base64) ?? new Uint8Array())
            : visibleText(formatPayload(query.data.text))}
        </pre>
      ) : (
        <Awaited query={query} rows={3} />
      )}
    </Panel>
  );
}
