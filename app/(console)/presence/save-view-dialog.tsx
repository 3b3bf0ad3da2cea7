"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/dialog-actions";
import DialogFrame from "@/components/ui/dialog-frame";
import { TextInput } from "@/components/ui/field";
import { useKeptChoices } from "./kept-choices";

/** Keeps the filters of the moment under a name, in this browser. What is in the box is a person's data and is not kept. */
export default function SaveViewDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("presence.save");
  const words = useTranslations("components");
  const { views, saveView, removeView } = useKeptChoices();
  const [name, setName] = useState("");
  const save = () => {
    saveView({ name: name.trim(), search: window.location.search });
    onClose();
  };
  return (
    <DialogFrame
      open
      onClose={onClose}
      title={t("title")}
      footer={
        <DialogActions onCancel={onClose}>
          <Button kind="primary" disabled={name.trim() === ""} onClick={save}>
            {words("save")}
          </Button>
        </DialogActions>
      }
    >
      <TextInput
        label={t("name")}
        help={t("about")}
        value={name}
        maxLength={40}
        onChange={(event) => setName(event.target.value)}
      />
      {views.map((view) => (
        <div key={view.name} className="row">
          <span className="grow">{view.name}</span>
          <Button
            kind="ghost"
            size="small"
            icon="close"
            aria-label={t("remove", { name: view.name })}
            onClick={() => removeView(view.name)}
          />
        </div>
      ))}
    </DialogFrame>
  );
}
