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
import { Notice } from "@/components/ui/notice";
import { Segmented } from "@/components/ui/segmented";
import { blocksQuery, blockSubject, countNetwork } from "@/lib/api-client/blocks";
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
  // What a network's block disconnects is told before it is done.
  const count = useMutation({ mutationFn: () => countNetwork(subject.trim()) });
  const isCounted = kind === "person" || count.data !== undefined;
  const isReady = subject.trim() !== "" && reason.trim().length >= SHORTEST_REASON;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("addTitle")}
      lead={t(`addLead.${kind}`)}
      footer={
        <DialogActions onCancel={onClose}>
          <Button
            kind={isCounted ? "danger-fill" : "primary"}
            type="submit"
            form={formId}
            busy={block.isPending || count.isPending}
            disabled={!isReady}
          >
            {t(isCounted ? "do" : "next")}
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
          if (isReady) (isCounted ? block : count).mutate();
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
          onChange={(event) => {
            setSubject(event.target.value);
            count.reset();
          }}
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
        {kind === "network" && count.data ? (
          <Notice title={count.data.network}>
            {t(count.data.isComplete ? "standing" : "standingMore", { count: count.data.connected })}
          </Notice>
        ) : null}
        <Failure title={words("failed")} error={block.error ?? count.error} />
      </form>
    </Dialog>
  );
}
