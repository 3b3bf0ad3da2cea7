"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextArea, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { ApiKeySummary } from "@/lib/access/list-api-keys";
import type { MadeApiKey } from "@/lib/access/schemas";
import { SERVICE_PERMISSIONS, type ServicePermission } from "@/lib/access/terms";
import { apiKeysQuery, createApiKey, revokeApiKey } from "@/lib/api-client/api-keys";
import { ShowOnce } from "@/components/ui/show-once";
import styles from "./access.module.css";

const wordOf = (permission: ServicePermission) => permission.replace(".", "_") as Replaced<ServicePermission>;
type Replaced<T extends string> = T extends `${infer A}.${infer B}` ? `${A}_${B}` : T;

/** Asks what a new key may do; `onMade` is given the key that is told once. */
export function CreateApiKey({ onClose, onMade }: { onClose: () => void; onMade: (made: MadeApiKey) => void }) {
  const t = useTranslations("access.create");
  const queryClient = useQueryClient();
  const formId = useId();
  const [chosen, setChosen] = useState<readonly ServicePermission[]>(["publish.send", "publish.read"]);
  const [missing, setMissing] = useState<"name" | "permissions" | null>(null);
  const create = useMutation({
    mutationFn: createApiKey,
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: apiKeysQuery().queryKey });
      onMade(made);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string): string => String(form.get(name) ?? "").trim();
    const lacks = textOf("name") === "" ? "name" : chosen.length === 0 ? "permissions" : null;
    setMissing(lacks);
    if (lacks !== null) return;
    const topicFilters = textOf("topicFilters").split(/\s+/).filter(Boolean);
    create.mutate({
      name: textOf("name"),
      permissions: [...chosen],
      ...(topicFilters.length > 0 ? { topicFilters } : {}),
      ratePerSecond: Number(textOf("ratePerSecond")) || null,
      mostRecipients: Number(textOf("mostRecipients")) || null,
    });
  };
  const footer = (
    <DialogActions onCancel={onClose}>
      <Button kind="primary" type="submit" form={formId} busy={create.isPending}>
        {t("submit")}
      </Button>
    </DialogActions>
  );
  return (
    <Dialog open onClose={onClose} title={t("title")} lead={t("lead")} footer={footer}>
      <form id={formId} className={styles.form} onSubmit={submit} noValidate>
        <TextInput
          label={t("name")}
          name="name"
          maxLength={100}
          autoComplete="off"
          error={missing === "name" ? t("nameMissing") : undefined}
        />
        <fieldset className={styles.choices}>
          <legend>{t("permissions")}</legend>
          {SERVICE_PERMISSIONS.map((permission) => (
            <Check
              key={permission}
              checked={chosen.includes(permission)}
              onChange={(checked) =>
                setChosen(checked ? [...chosen, permission] : chosen.filter((one) => one !== permission))
              }
            >
              {t(`may.${wordOf(permission)}`)}
            </Check>
          ))}
          {missing === "permissions" ? <Notice kind="trouble">{t("permissionsMissing")}</Notice> : null}
        </fieldset>
        {chosen.includes("publish.send") ? (
          <TextArea
            label={t("topicFilters")}
            help={t("topicFiltersHelp")}
            name="topicFilters"
            rows={2}
            mono
            placeholder="#"
          />
        ) : null}
        <TextInput
          label={t("rate")}
          help={t("rateHelp")}
          name="ratePerSecond"
          type="number"
          min={1}
          max={1_000_000}
          autoComplete="off"
        />
        <TextInput
          label={t("most")}
          help={t("mostHelp")}
          name="mostRecipients"
          type="number"
          min={1}
          max={100_000_000}
          autoComplete="off"
        />
        <Failure error={create.error} />
      </form>
    </Dialog>
  );
}

/** Shows a key, once. */
export function ShowApiKey({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  const t = useTranslations("access.shown");
  return <ShowOnce text={apiKey} words={{ title: t("title"), lead: t("lead"), done: t("done") }} onClose={onClose} />;
}

/** Asks once more, saying what ends with it. */
export function RevokeApiKey({ apiKey, onClose }: { apiKey: ApiKeySummary; onClose: () => void }) {
  const t = useTranslations("access.revocation");
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeApiKey(apiKey.id),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: apiKeysQuery().queryKey });
      onClose();
    },
  });
  const words = { title: t("title", { name: apiKey.name }), lead: t("lead"), submit: t("submit") };
  return <ConfirmDialog words={words} act={revoke} onClose={onClose} />;
}
