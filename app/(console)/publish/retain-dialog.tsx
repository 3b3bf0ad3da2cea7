"use client";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import type { Draft } from "./draft";
import styles from "./publish.module.css";

/** Asks before a retained publish: it reaches whoever subscribes later too, and undoing it is another publish. */
export function RetainDialog({
  open,
  draft,
  onClose,
  onConfirm,
}: {
  open: boolean;
  draft: Draft;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const t = useTranslations("publish");
  const what = draft.payload === "" ? "clears" : "keeps";
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t(`retain.${what}.title`)}
      lead={t(`retain.${what}.about`)}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="primary" onClick={onConfirm}>
            {t(`retain.${what}.confirm`)}
          </Button>
        </DialogActions>
      }
    >
      <div className="stack">
        <span className={`mono ${styles.topicOf}`}>{draft.topicName}</span>
        <p className="t2">{t("retain.howMany")}</p>
      </div>
    </Dialog>
  );
}
