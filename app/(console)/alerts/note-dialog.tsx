"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextArea } from "@/components/ui/field";
import type { AlertItem } from "@/lib/alerts/schemas";
import { acknowledgeAlert, resolveAlert } from "@/lib/api-client/alert-desk";
import { refetchAlerts } from "@/lib/api-client/alerts";
import { useAlertWords } from "./use-alert-words";

const SHORTEST_REASON = 3;

/** Asks for the note with which an alert is taken, or the reason with which it is ended by hand. */
export default function NoteDialog({
  alert,
  what,
  onClose,
}: {
  alert: AlertItem;
  what: "acknowledge" | "resolve";
  onClose: () => void;
}) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  const queryClient = useQueryClient();
  const formId = useId();
  const [note, setNote] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const act = useMutation({
    mutationFn: what === "resolve" ? resolveAlert : acknowledgeAlert,
    onSuccess: async () => {
      await refetchAlerts(queryClient);
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isTooShort = what === "resolve" && note.trim().length < SHORTEST_REASON;
    setIsMissing(isTooShort);
    if (!isTooShort) act.mutate({ alertId: alert.id, note });
  };
  const noDataSince = alert.firings[0]?.noDataSince ?? alert.openedAt;
  const lead = { says: words.says(alert), clock: words.clock(noDataSince) };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`${what}.title`)}
      lead={what === "resolve" ? t("resolve.lead", lead) : t("acknowledge.lead", { says: lead.says })}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="primary" type="submit" form={formId} busy={act.isPending}>
            {t(`${what}.submit`)}
          </Button>
        </DialogActions>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="stack">
        <TextArea
          label={t(`${what}.note`)}
          {...(what === "acknowledge" ? { help: t("acknowledge.noteHelp") } : {})}
          error={isMissing ? t("resolve.noteMissing") : undefined}
          value={note}
          maxLength={500}
          rows={3}
          onChange={(event) => setNote(event.target.value)}
        />
        <Failure title={t("do.failed")} error={act.error} />
      </form>
    </Dialog>
  );
}
