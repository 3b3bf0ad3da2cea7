"use client";
import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { DialogActions } from "./dialog-actions";
import { Failure } from "./failure";

/** Asks once more before something is gone, saying what goes with it. */
export function ConfirmDialog({
  words,
  act,
  onClose,
}: {
  words: { title: ReactNode; lead: ReactNode; submit: ReactNode };
  /** What is done, as TanStack's mutation tells of it. */
  act: { mutate: () => void; isPending: boolean; error: Error | null };
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      lead={words.lead}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="danger-fill" busy={act.isPending} onClick={() => act.mutate()}>
            {words.submit}
          </Button>
        </DialogActions>
      }
    >
      <Failure error={act.error} />
    </Dialog>
  );
}
