"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/components/ui/use-format";
import { changeSend, decideSend, readSendPayload, sendQuery, sendsQuery } from "@/lib/api-client/sends";
import { QOS_LEVELS } from "@/lib/mqtt/qos";
import type { Send } from "@/lib/publish/sends/schemas";
import { draftOf, type Draft } from "./draft";
import { manyOf, type ManyDraft } from "./many-draft";

/** A send's message and whom it went to, for the form. */
export interface SendAgain {
  draft: Draft;
  many: ManyDraft;
}

/** What may be done with a send: a second operator's word while it needs one, else pausing, going on, cancelling; writing it again when it ended. */
export function SendActs({ send, onAgain }: { send: Send; onAgain: (again: SendAgain) => void }) {
  const t = useTranslations("publish.sends");
  const format = useFormat();
  const again = useAgain(send, onAgain);
  const [isAsked, setAsked] = useState(false);
  const change = useAct(
    send,
    (act: "pause" | "resume" | "cancel") => changeSend(send.sendId, act),
    () => setAsked(false),
  );
  const decide = useDecision(send);
  const words = { title: t("cancel.title"), lead: t("cancel.lead"), submit: t("cancel.do") };
  const cancel = send.state === "running" || send.state === "paused" || (send.state === "needs_approval" && send.own);
  return (
    <>
      {send.state === "needs_approval" && !send.own ? (
        <>
          <Button busy={decide.isPending && decide.variables === "decline"} onClick={() => decide.mutate("decline")}>
            {t("decline")}
          </Button>
          <Button
            kind="primary"
            busy={decide.isPending && decide.variables === "approve"}
            onClick={() => decide.mutate("approve")}
          >
            {t("approve", { count: send.expected, shown: format.count(send.expected) })}
          </Button>
        </>
      ) : null}
      {send.state === "running" ? (
        <Button busy={change.isPending} onClick={() => change.mutate("pause")}>
          {t("pause")}
        </Button>
      ) : null}
      {send.state === "paused" ? (
        <Button busy={change.isPending} onClick={() => change.mutate("resume")}>
          {t("resume")}
        </Button>
      ) : null}
      {cancel ? (
        <Button kind="danger" onClick={() => setAsked(true)}>
          {t("cancel.label")}
        </Button>
      ) : null}
      {hasEnded(send) && isForForm(send) ? (
        <Button icon="again" busy={again.isPending} title={t("again.about")} onClick={() => again.mutate()}>
          {t("again.label")}
        </Button>
      ) : null}
      {isAsked ? (
        <ConfirmDialog
          words={words}
          act={{ mutate: () => change.mutate("cancel"), isPending: change.isPending, error: change.error }}
          onClose={() => setAsked(false)}
        />
      ) : null}
    </>
  );
}

function useAct<Act>(send: Send, act: (act: Act) => Promise<Send>, onDone: () => void) {
  const t = useTranslations("publish.sends");
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (changed) => {
      queryClient.setQueryData(sendQuery(send.sendId).queryKey, changed);
      onDone();
    },
    onError: (error) => void toast.failed({ title: t("notDone"), detail: error.message }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sendsQuery().queryKey }),
  });
}

const hasEnded = ({ state }: Send): boolean => state !== "needs_approval" && state !== "running" && state !== "paused";

/** The form chooses by filters or by a list; only a service narrows a list by filters. */
const isForForm = ({ listed, filters }: Send): boolean =>
  listed === null || Object.values(filters).every((chosen) => (Array.isArray(chosen) ? chosen.length === 0 : !chosen));

function useAgain(send: Send, onAgain: (again: SendAgain) => void) {
  const t = useTranslations("publish.again");
  return useMutation({
    mutationFn: () => readSendPayload(send.sendId),
    onSuccess: (content) => {
      const { contentType } = send;
      const qos = QOS_LEVELS.find((level) => level === send.qos) ?? 1;
      const draft = draftOf({ topicName: "", qos, retain: false, contentType }, content);
      onAgain({ draft, many: manyOf(send, content.clientIds) });
    },
    onError: (error) => void toast.failed({ title: t("failed"), detail: error.message }),
  });
}

/** Approves or declines; who comes second is told whose word counts. */
function useDecision(send: Send) {
  const t = useTranslations("publish.sends");
  return useAct(
    send,
    async (act: "approve" | "decline") => {
      const { send: decided, took } = await decideSend(send.sendId, act);
      if (!took) toast.done({ title: t("decidedBefore", { name: decided.approval?.decidedBy ?? "" }) });
      return decided;
    },
    () => undefined,
  );
}
