"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { TextArea } from "@/components/ui/field";
import { addNote } from "@/lib/api-client/client";
import { refetchClient } from "@/lib/api-client/presence";
import type { ClientDetail } from "@/lib/presence/schemas";

/** Leaves a note on the timeline. */
export default function NoteDialog({ client, onClose }: { client: ClientDetail; onClose: () => void }) {
  const t = useTranslations("client.note");
  const queryClient = useQueryClient();
  const [text, setText] = useState("");
  const note = useMutation({
    mutationFn: () => addNote(client.clientId, text),
    onSuccess: () => {
      refetchClient(queryClient, client.clientId);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("title")}
      lead={t("lead")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="primary" busy={note.isPending} disabled={text.trim() === ""} onClick={() => note.mutate()}>
            {t("add")}
          </Button>
        </DialogActions>
      }
    >
      <TextArea
        label={t("text")}
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={2_000}
        rows={4}
        error={note.error?.message}
      />
    </Dialog>
  );
}
