"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { useFormat } from "@/components/ui/use-format";
import { recipientsQuery, sendsQuery, startSend } from "@/lib/api-client/sends";
import type { Attempt, Draft } from "./draft";
import { choiceOf, toSendInput, type ManyDraft } from "./many-draft";

/** Asks before a message goes to many clients, with their number counted anew; that number is what is agreed to. */
export function ConfirmSend({
  draft,
  many,
  makeAttempt,
  onClose,
  onStarted,
}: {
  draft: Draft;
  many: ManyDraft;
  makeAttempt: () => Attempt;
  onClose: () => void;
  onStarted: (send: { sendId: string }) => void;
}) {
  const t = useTranslations("publish.many.confirm");
  const format = useFormat();
  const queryClient = useQueryClient();
  // One for as long as it is asked, so that trying again is the same send.
  const [attempt] = useState(makeAttempt);
  const query = useQuery({ ...recipientsQuery(choiceOf(many)), staleTime: 0 });
  const counts = query.isFetching ? undefined : query.data;
  const start = useMutation({
    mutationFn: (confirmed: number) => startSend(toSendInput(draft, many, { ...attempt, confirmed })),
    onSuccess: (send) => {
      void queryClient.invalidateQueries({ queryKey: sendsQuery().queryKey });
      onStarted(send);
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t("about")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button
            kind="primary"
            busy={query.isFetching || start.isPending}
            disabled={!counts || counts.total === 0}
            onClick={() => counts && start.mutate(counts.total)}
          >
            {counts ? t("do", { total: counts.total, shown: format.count(counts.total) }) : t("counting")}
          </Button>
        </DialogActions>
      }
    >
      <div className="stack">
        {counts ? (
          <>
            <p className="b">{t("clients", { total: counts.total, shown: format.count(counts.total) })}</p>
            <p className="t2">
              {t("states", {
                online: format.count(counts.online),
                queued: format.count(counts.offlineQueued),
                gone: format.count(counts.offlineGone),
                unknown: format.count(counts.unknown),
              })}
            </p>
          </>
        ) : null}
        <Failure error={query.error ?? start.error} />
      </div>
    </Dialog>
  );
}
