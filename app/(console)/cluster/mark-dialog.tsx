"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { markCluster, refetchMarks } from "@/lib/api-client/cluster";
import { MARK_KINDS, type MarkKind } from "@/lib/cluster/schemas";
import { localValue } from "./local-value";

const LONGEST = 120;

/** Asks for a line on the charts: what it stands for, and when that was. */
export default function MarkDialog({ at, onClose }: { at: number | null; onClose: () => void }) {
  const t = useTranslations("cluster.mark");
  const queryClient = useQueryClient();
  const formId = useId();
  const [kind, setKind] = useState<MarkKind>("deploy");
  const [title, setTitle] = useState("");
  const [when, setWhen] = useState(at === null ? "" : localValue(at));
  const [isMissing, setIsMissing] = useState(false);
  const mark = useMutation({
    mutationFn: markCluster,
    onSuccess: async () => {
      await refetchMarks(queryClient);
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsMissing(title.trim() === "");
    const instant = Date.parse(when);
    if (title.trim() !== "") mark.mutate({ kind, title, ...(Number.isFinite(instant) ? { at: instant } : {}) });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t("lead")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="primary" type="submit" form={formId} busy={mark.isPending}>
            {t("submit")}
          </Button>
        </DialogActions>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="stack">
        <SelectField
          label={t("kind")}
          value={kind}
          onChange={setKind}
          options={MARK_KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
        <TextInput
          label={t("name")}
          help={t("nameHelp")}
          error={isMissing ? t("nameMissing") : undefined}
          value={title}
          maxLength={LONGEST}
          onChange={(event) => setTitle(event.target.value)}
        />
        <TextInput
          label={t("when")}
          help={t("whenHelp")}
          type="datetime-local"
          step={1}
          value={when}
          onChange={(event) => setWhen(event.target.value)}
        />
        <Failure title={t("failed")} error={mark.error} />
      </form>
    </Dialog>
  );
}
