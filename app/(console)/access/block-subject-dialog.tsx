"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { SelectField } from "@/components/ui/select";
import { blocksQuery, blockSubject } from "@/lib/api-client/blocks";
import styles from "./access.module.css";

const SHORTEST_REASON = 3;
const HOUR_MS = 3_600_000;
const ENDS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, never: null } as const;
const END_NAMES = ["hour", "day", "week", "never"] as const satisfies readonly (keyof typeof ENDS)[];
const KINDS = ["person", "network"] as const;

/** Keeps a person or a network out; a client is blocked on its own page. */
export default function BlockSubjectDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("access.blocks");
  const ends = useTranslations("client.block");
  const queryClient = useQueryClient();
  const formId = useId();
  const now = useNow();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("network");
  const [subject, setSubject] = useState("");
  const [reason, setReason] = useState("");
  const [end, setEnd] = useState<(typeof END_NAMES)[number]>("day");
  const block = useMutation({
    mutationFn: () => {
      const lengthMs = ENDS[end];
      const until = lengthMs === null ? null : new Date(now + lengthMs).toISOString();
      return blockSubject({ kind, subject: subject.trim(), reason, until });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: blocksQuery().queryKey });
      onClose();
    },
  });
  const isReady = subject.trim() !== "" && reason.trim().length >= SHORTEST_REASON;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("addTitle")}
      lead={t(`addLead.${kind}`)}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="danger-fill" type="submit" form={formId} busy={block.isPending} disabled={!isReady}>
            {t("do")}
          </Button>
        </DialogActions>
      }
    >
      <form
        id={formId}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) block.mutate();
        }}
      >
        <Segmented
          label={t("what")}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
        <TextInput
          label={t(`subject.${kind}`)}
          help={t(`subjectHelp.${kind}`)}
          mono
          value={subject}
          onChange={(event) => setSubject(event.target.value)}
          maxLength={128}
          autoComplete="off"
        />
        <SelectField
          label={ends("until")}
          value={end}
          options={END_NAMES.map((value) => ({ value, label: ends(`ends.${value}`) }))}
          onChange={setEnd}
        />
        <TextInput
          label={ends("reason")}
          help={t("reasonHelp")}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={300}
        />
        <Failure title={ends("failed")} error={block.error} />
      </form>
    </Dialog>
  );
}
