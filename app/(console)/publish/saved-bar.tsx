"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { importMessages, savedMessagesQuery } from "@/lib/api-client/publish";
import type { SavedMessage } from "@/lib/publish/schemas";
import { draftOfSaved, type Draft } from "./draft";

const SaveDialog = dynamic(async () => (await import("./save-dialog")).SaveDialog, { ssr: false });

// As many as fit beside the menu that has all.
const SHOWN = 4;

/** Saved messages above the form: a press fills it; all of them, saving, import and export are in the menus. */
export function SavedBar({ draft, onDraft }: { draft: Draft; onDraft: (draft: Draft) => void }) {
  const t = useTranslations("publish");
  const saved = useQuery(savedMessagesQuery()).data ?? [];
  const [openId, setOpenId] = useState<string | null>(null);
  const [saving, setSaving] = useState<{ message: SavedMessage | null } | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const take = useImport();
  const open = saved.find(({ id }) => id === openId);
  const fill = (message: SavedMessage): void => {
    setOpenId(message.id);
    onDraft(draftOfSaved(message.content));
  };
  return (
    <>
      <span className="t2">{t("saved.label")}</span>
      {saved.slice(0, SHOWN).map((message) => (
        <button
          key={message.id}
          type="button"
          className="chip"
          aria-pressed={message.id === openId}
          title={message.name}
          onClick={() => fill(message)}
        >
          {message.shared ? <Icon name="people" size={14} /> : null}
          <span className="trunc">{message.name}</span>
        </button>
      ))}
      <span className="sp row">
        <Button size="small" icon="bookmark" onClick={() => setSaving({ message: null })}>
          {t("saved.save")}
        </Button>
        <Menu
          trigger={
            <Button kind="ghost" size="small" icon="down">
              {t("saved.all", { count: saved.length })}
            </Button>
          }
          items={[
            ...saved.map((message) => ({
              kind: "choice" as const,
              key: message.id,
              label: message.shared ? t("saved.sharedBy", { name: message.name, by: message.ownerName }) : message.name,
              chosen: message.id === openId,
              onSelect: () => fill(message),
            })),
            { kind: "line" as const, key: "line" },
            ...(open?.own
              ? [
                  {
                    kind: "action" as const,
                    key: "change",
                    icon: "note" as const,
                    label: t("saved.change", { name: open.name }),
                    onSelect: () => setSaving({ message: open }),
                  },
                ]
              : []),
            {
              kind: "action" as const,
              key: "import",
              icon: "upload" as const,
              label: t("saved.import"),
              onSelect: () => file.current?.click(),
            },
            {
              kind: "action" as const,
              key: "export",
              icon: "download" as const,
              label: t("saved.export"),
              disabled: saved.length === 0,
              onSelect: () => void exportSaved(saved),
            },
          ]}
        />
      </span>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        className="vh"
        tabIndex={-1}
        aria-label={t("saved.import")}
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) take(chosen);
          event.target.value = "";
        }}
      />
      {saving ? (
        <SaveDialog draft={draft} message={saving.message} onClose={() => setSaving(null)} onSaved={setOpenId} />
      ) : null}
    </>
  );
}

/** Reads a file of saved messages, ours or MQTTX's, and saves what is in it. */
function useImport(): (file: File) => void {
  const t = useTranslations("publish");
  const queryClient = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: async (file: File) => {
      const { readImport } = await import("./read-import");
      const read = readImport(await file.text());
      if (read.messages.length === 0) throw new Error(t("saved.nothing"));
      return { ...(await importMessages({ messages: read.messages })), leftOut: read.leftOut };
    },
    onSuccess: ({ imported, leftOut }) => {
      toast.done({
        title: t("saved.imported", { imported }),
        ...(leftOut ? { detail: t("saved.leftOut", { leftOut }) } : {}),
      });
      void queryClient.invalidateQueries({ queryKey: savedMessagesQuery().queryKey });
    },
    onError: (error) => toast.failed({ title: t("saved.notImported"), detail: error.message }),
  });
  return mutate;
}

async function exportSaved(saved: readonly SavedMessage[]): Promise<void> {
  const { writeExport } = await import("./read-import");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([writeExport(saved)], { type: "application/json" }));
  link.download = "saved-messages.json";
  link.click();
  URL.revokeObjectURL(link.href);
}
