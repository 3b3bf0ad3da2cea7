"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { deleteSavedMessage, saveMessage, savedMessagesQuery } from "@/lib/api-client/publish";
import type { SavedMessage } from "@/lib/publish/schemas";
import { contentOf, type Draft } from "./draft";

/** Saves the form under a name, or changes what was saved of one's own. */
export function SaveDialog({
  draft,
  message,
  onClose,
  onSaved,
}: {
  draft: Draft;
  /** The saved message to change; null: a new one. */
  message: SavedMessage | null;
  onClose: () => void;
  onSaved: (id: string | null) => void;
}) {
  const t = useTranslations("publish");
  const queryClient = useQueryClient();
  const [name, setName] = useState(message?.name ?? "");
  const [shared, setShared] = useState(message?.shared ?? false);
  const done = (id: string | null): void => {
    void queryClient.invalidateQueries({ queryKey: savedMessagesQuery().queryKey });
    onSaved(id);
    onClose();
  };
  const save = useMutation({
    mutationFn: () => saveMessage({ ...(message ? { id: message.id } : {}), name, shared, content: contentOf(draft) }),
    onSuccess: ({ id }) => done(id),
  });
  const remove = useMutation({ mutationFn: deleteSavedMessage, onSuccess: () => done(null) });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(message ? "saved.changeTitle" : "saved.saveTitle")}
      lead={t("saved.about")}
      footer={
        <>
          {message ? (
            <Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate(message.id)}>
              {t("saved.remove")}
            </Button>
          ) : null}
          <DialogActions onCancel={onClose}>
            <Button kind="primary" busy={save.isPending} disabled={name.trim() === ""} onClick={() => save.mutate()}>
              {t("saved.save")}
            </Button>
          </DialogActions>
        </>
      }
    >
      <div className="stack">
        <TextInput
          label={t("saved.name")}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
        />
        <Switch checked={shared} onChange={setShared}>
          {t("saved.shared")}
        </Switch>
        <Failure error={save.error ?? remove.error} />
      </div>
    </Dialog>
  );
}
