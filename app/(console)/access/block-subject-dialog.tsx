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
import { blocksQuery, blockSubject } from "@/lib/api-client/blocks";
import { BlockEndField, untilOf, type BlockEnd } from "../block-end";
import styles from "./access.module.css";

const SHORTEST_REASON = 3;
const KINDS = ["person", "network"] as const;

/** Keeps a person or a network out; a client is blocked on its own page. */
export default function BlockSubjectDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("access.blocks");
  const words = useTranslations("client.block");
  const queryClient = useQueryClient();
  const formId = useId();
  const now = useNow();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("network");
  const [subject, setSubject] = useState("");
  const [reason, setReason] = useState("");
  const [end, setEnd] = useState<BlockEnd>("day");
  const block = useMutation({
    mutationFn: () => blockSubject({ kind, subject: subject.trim(), reason, until: untilOf(end, now) }),
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
        <BlockEndField end={end} onChange={setEnd} />
        <TextInput
          label={words("reason")}
          help={t("reasonHelp")}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={300}
        />
        <Failure title={words("failed")} error={block.error} />
      </form>
    </Dialog>
  );
}
