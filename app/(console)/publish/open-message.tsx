"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import { Suspense, type ReactNode } from "react";
import { Age, Until } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { CopyText } from "@/components/ui/copy-text";
import { ErrorState } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";
import { Panel } from "@/components/ui/panel";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { messageQuery } from "@/lib/api-client/publish";
import type { MessageDetail, MessageState } from "@/lib/publish/schemas";
import { visibleText } from "@/lib/format/visible-text";

// There is nothing to climb before something was published. Each has a Suspense around it: without one the form would be hidden while it
// loads, and the keyboard would be nowhere.
const DeliveryLadder = dynamic(async () => (await import("./delivery-ladder")).DeliveryLadder);

const MessagePayloadPanel = dynamic(async () => (await import("./message-payload")).MessagePayloadPanel);
const ClearRetained = dynamic(async () => (await import("./clear-retained")).ClearRetained);

/** True for what the broker keeps for whoever subscribes later, as far as we know. */
const isKept = ({ retain, payloadBytes, state }: MessageDetail): boolean =>
  retain && payloadBytes > 0 && state === "acknowledged";

/** Mark of a message's state: an expired one simply ended, a failed one is ours. */
export const STATUS_OF: Record<MessageState, Status> = {
  accepted: "busy",
  acknowledged: "online",
  failed: "trouble",
  expired: "offline_gone",
};

const useOpenMessage = (messageId: string | null) =>
  useQuery({ ...messageQuery(messageId ?? ""), enabled: messageId !== null });

/** The page's sentence about the open message, or what the page is for. */
export function OpenMessage({
  messageId,
  mayPublish,
  onPublished,
}: {
  messageId: string | null;
  mayPublish: boolean;
  onPublished: (published: { messageId: string }) => void;
}) {
  const t = useTranslations("publish");
  const query = useOpenMessage(messageId);
  const message = messageId === null ? undefined : query.data;
  const invites = mayPublish ? "write" : "look";
  return message ? (
    <MessageAnswer
      message={message}
      actions={
        mayPublish && isKept(message) ? (
          <Suspense>
            <ClearRetained message={message} onPublished={onPublished} />
          </Suspense>
        ) : null
      }
    />
  ) : (
    <Answer status={null} proofs={t(`start.${invites}.about`)}>
      {t(`start.${invites}.title`)}
    </Answer>
  );
}

/** What became of the open message, and its payload for whoever may publish; nothing while none is open. */
export function MessagePanels({ messageId, mayPublish }: { messageId: string | null; mayPublish: boolean }) {
  const t = useTranslations("publish");
  const query = useOpenMessage(messageId);
  const message = messageId === null ? undefined : query.data;
  if (message)
    return (
      <Suspense>
        <DeliveryLadder message={message} />
        {mayPublish && message.source !== "diagnostics" ? (
          <MessagePayloadPanel key={message.messageId} message={message} />
        ) : null}
      </Suspense>
    );
  return query.error ? (
    <Panel title={t("ladder.title")}>
      <ErrorState title={query.error.message} onRetry={() => void query.refetch()} />
    </Panel>
  ) : null;
}

function MessageAnswer({ message, actions }: { message: MessageDetail; actions: ReactNode }) {
  const t = useTranslations("publish");
  return (
    <Answer status={STATUS_OF[message.state]} proofs={<Proofs message={message} />} actions={actions}>
      <Sentence message={message} />
      {message.state === "accepted" ? <span className="t2"> {t("answer.keeps")}</span> : null}
      <AppAnswer message={message} />
    </Answer>
  );
}

function AppAnswer({ message: { answer, acceptedAt } }: { message: MessageDetail }) {
  const t = useTranslations("publish");
  const format = useFormat();
  if (!answer) return null;
  const afterMs = Math.max(1, Date.parse(answer.at) - Date.parse(acceptedAt));
  return <> {t("answer.answered", { after: format.duration(afterMs) })}</>;
}

function Sentence({ message }: { message: MessageDetail }) {
  const t = useTranslations("publish");
  const format = useFormat();
  const afterMs = Date.parse(message.acknowledgedAt ?? message.acceptedAt) - Date.parse(message.acceptedAt);
  const after = format.duration(Math.max(1, afterMs));
  switch (message.state) {
    case "accepted":
      return t.rich("answer.accepted", { age: () => <Age at={message.acceptedAt} plain /> });
    case "acknowledged":
      return message.acknowledgement === "written"
        ? t("answer.written", { node: message.node ?? "", after })
        : t("answer.acknowledged", { node: message.node ?? "", after });
    case "expired":
      return t("answer.expired");
    case "failed":
      return t("answer.failed");
  }
}

function Proofs({ message }: { message: MessageDetail }) {
  const t = useTranslations("publish");
  const format = useFormat();
  return (
    <>
      <span className="proof">
        <Icon name="publish" size={14} />
        <span>
          {t("answer.sentBy", { name: message.actorName, clock: format.clock(Date.parse(message.acceptedAt)) })}{" "}
          <Age at={message.acceptedAt} />
        </span>
      </span>
      <span className="proof">
        {t("qos.name", { qos: message.qos })}
        {message.retain ? `, ${t("retained")}` : null}
      </span>
      <span className="proof mono trunc">{visibleText(message.topicName)}</span>
      {message.state === "accepted" && message.expiresAt !== null ? (
        <span className="proof">
          {t("answer.expires")} <Until at={message.expiresAt} />
        </span>
      ) : null}
      <span className="proof">
        {t("answer.message")} <CopyText text={message.messageId} shown={message.messageId.slice(-8)} />
      </span>
    </>
  );
}
