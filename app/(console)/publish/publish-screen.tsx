"use client";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryStates } from "nuqs";
import dynamic from "next/dynamic";
import { lazy, Suspense, useRef, useState } from "react";
import { bringIntoView } from "@/components/ui/bring-into-view";
import { Notice } from "@/components/ui/notice";
import { useRoleName } from "@/components/ui/use-role-name";
import { toast } from "@/components/ui/toast";
import { afterLoad } from "@/lib/api-client/after-load";
import { readPayload } from "@/lib/api-client/publish";
import type { MessageStatus } from "@/lib/publish/schemas";
import { draftOf, emptyDraft } from "./draft";
import { MessagePanels, OpenMessage } from "./open-message";
import { emptyMany, type Addressee } from "./many-draft";
import { PublishForm } from "./publish-form";
import styles from "./publish.module.css";

// Drawn by the server; its code comes after the first sight.
const SentBefore = lazy(() => afterLoad().then(async () => ({ default: (await import("./sent-before")).SentBefore })));

// Messages to many are few: what tells of them loads when there is one to open, or after the first sight.
const OpenSend = dynamic(async () => (await import("./open-send")).OpenSend);
const SendPanels = dynamic(async () => (await import("./open-send")).SendPanels);
const SendsList = dynamic(() => afterLoad().then(async () => (await import("./sends-list")).SendsList), { ssr: false });

// Last of its column, and not part of the first load.
const TailPanel = dynamic(() => afterLoad().then(async () => (await import("./tail-panel")).TailPanel), { ssr: false });

/** The bench: a message on the left, what became of the open one and what was sent before on the right. */
export function PublishScreen({
  startTopicName,
  topicRoot,
  readOnlyRole,
  mayTail,
}: {
  startTopicName: string;
  topicRoot: string;
  /** The role of someone who may look and not publish; null for whoever may. */
  readOnlyRole: string | null;
  mayTail: boolean;
}) {
  const t = useTranslations("publish");
  const roleName = useRoleName();
  const [{ message: messageId, send: sendId }, setOpen] = useQueryStates({
    message: parseAsString,
    send: parseAsString,
  });
  const answer = useRef<HTMLDivElement>(null);
  const open = (what: { message: string; send: null } | { message: null; send: string }) => {
    void setOpen(what);
    bringIntoView(answer.current);
  };
  const openMessage = (published: { messageId: string }) => open({ message: published.messageId, send: null });
  const openSend = (send: { sendId: string }) => open({ message: null, send: send.sendId });
  const [draft, setDraft] = useState(() => emptyDraft(startTopicName));
  const [addressee, setAddressee] = useState<Addressee>(() => ({ to: "topic", many: emptyMany() }));
  const again = useMutation({
    mutationFn: (message: MessageStatus) => readPayload(message.messageId),
    onSuccess: (payload, message) => {
      setDraft(draftOf(message, payload));
      setAddressee({ ...addressee, to: "topic" });
    },
    onError: (error) => void toast.failed({ title: t("again.failed"), detail: error.message }),
  });
  const mayPublish = readOnlyRole === null;
  return (
    <>
      <div ref={answer} className={styles.answer}>
        {sendId === null ? (
          <OpenMessage messageId={messageId} mayPublish={mayPublish} onPublished={openMessage} />
        ) : (
          <Suspense>
            <OpenSend
              sendId={sendId}
              mayPublish={mayPublish}
              onAgain={(again) => {
                setDraft({ ...again.draft, topicName: draft.topicName });
                setAddressee({ to: "many", many: again.many });
              }}
            />
          </Suspense>
        )}
      </div>
      <div className={styles.cols}>
        {readOnlyRole === null ? (
          <PublishForm
            draft={draft}
            onDraft={setDraft}
            addressee={addressee}
            onAddressee={setAddressee}
            topicRoot={topicRoot}
            onPublished={openMessage}
            onStarted={openSend}
          />
        ) : (
          <Notice title={t("readOnly.title")}>{t("readOnly.about", { role: roleName(readOnlyRole) })}</Notice>
        )}
        <div className="stack">
          {sendId === null ? (
            <MessagePanels messageId={messageId} mayPublish={mayPublish} />
          ) : (
            <Suspense>
              <SendPanels sendId={sendId} mayPublish={mayPublish} />
            </Suspense>
          )}
          <Suspense>
            <SentBefore openId={messageId} onOpen={openMessage} onAgain={mayPublish ? again.mutate : null} />
          </Suspense>
          <SendsList openId={sendId} mayPublish={mayPublish} onOpen={openSend} />
          {mayTail ? <TailPanel startTopicName={startTopicName} /> : null}
        </div>
      </div>
    </>
  );
}
