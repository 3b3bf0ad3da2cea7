"use client";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";

const SHORTEST_REASON = 3;

/** Does something to a client, for a reason that is kept: says first what will happen, then what came of it. */
export function ActDialog({
  words,
  act,
  done = null,
  note,
  onClose,
  children,
}: {
  words: { title: string; lead: string; reason: string; reasonHelp: string; submit: string; failed: string };
  /** As TanStack's mutation tells of it; it is given the reason. */
  act: { mutate: (reason: string) => void; isPending: boolean; error: Error | null };
  /** What came of it, in the place of all that was asked; null while it is asked. */
  done?: ReactNode;
  /** Told under the reason. */
  note?: ReactNode;
  onClose: () => void;
  /** What will happen, and choices, before the reason. */
  children: ReactNode;
}) {
  const t = useTranslations("components");
  const [reason, setReason] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      lead={words.lead}
      footer={
        done === null ? (
          <DialogActions onCancel={onClose}>
            <Button
              kind="danger-fill"
              busy={act.isPending}
              disabled={reason.trim().length < SHORTEST_REASON}
              onClick={() => act.mutate(reason)}
            >
              {words.submit}
            </Button>
          </DialogActions>
        ) : (
          <Button kind="primary" onClick={onClose}>
            {t("close")}
          </Button>
        )
      }
    >
      <div className="stack">
        {done ?? (
          <>
            {children}
            <TextInput
              label={words.reason}
              help={words.reasonHelp}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              maxLength={300}
            />
          </>
        )}
        {note}
        <Failure title={words.failed} error={act.error} />
      </div>
    </Dialog>
  );
}
