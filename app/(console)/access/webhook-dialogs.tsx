"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { createWebhook, deleteWebhook } from "@/lib/api-client/webhooks";
import type { CreateEndpointInput, EndpointSecret, WebhookEndpoint } from "@/lib/webhooks/schemas";
import { ShowOnce } from "@/components/ui/show-once";
import styles from "./access.module.css";

type EventType = CreateEndpointInput["eventTypes"][number];
const TYPES: readonly [EventType, "presence" | "log_request" | "opened" | "resolved"][] = [
  ["presence.changed", "presence"],
  ["log_request.changed", "log_request"],
  ["alert.opened", "opened"],
  ["alert.resolved", "resolved"],
];

/** Asks where to send what; `onMade` is given the secret that is told once. */
export function CreateWebhook({ onClose, onMade }: { onClose: () => void; onMade: (made: EndpointSecret) => void }) {
  const t = useTranslations("webhooks.create");
  const types = useTranslations("webhooks.types");
  const queryClient = useQueryClient();
  const formId = useId();
  const [chosen, setChosen] = useState<readonly EventType[]>(["presence.changed"]);
  const [missing, setMissing] = useState<"name" | "types" | null>(null);
  const create = useMutation({
    mutationFn: createWebhook,
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: ["webhooks"] });
      onMade(made);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, url] = [String(form.get("name") ?? "").trim(), String(form.get("url") ?? "").trim()];
    const lacks = name === "" ? "name" : chosen.length === 0 ? "types" : null;
    setMissing(lacks);
    if (lacks === null) create.mutate({ name, url, eventTypes: [...chosen] });
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
          maxLength={80}
          autoComplete="off"
          error={missing === "name" ? t("nameMissing") : undefined}
        />
        <TextInput
          label={t("url")}
          name="url"
          type="url"
          mono
          maxLength={2_000}
          placeholder="https://"
          autoComplete="off"
          error={create.error?.message}
        />
        <fieldset className={styles.choices}>
          <legend>{t("types")}</legend>
          {TYPES.map(([type, word]) => (
            <Check
              key={type}
              checked={chosen.includes(type)}
              onChange={(checked) => setChosen(checked ? [...chosen, type] : chosen.filter((one) => one !== type))}
            >
              {types(word)}
            </Check>
          ))}
          {missing === "types" ? <Notice kind="trouble">{t("typesMissing")}</Notice> : null}
        </fieldset>
      </form>
    </Dialog>
  );
}

/** Shows a secret, once. */
export function ShowSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useTranslations("webhooks.secret");
  return <ShowOnce text={secret} words={{ title: t("title"), lead: t("lead"), done: t("done") }} onClose={onClose} />;
}

/** Asks once more, saying what goes with it. */
export function RemoveWebhook({ endpoint, onClose }: { endpoint: WebhookEndpoint; onClose: () => void }) {
  const t = useTranslations("webhooks.removal");
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteWebhook(endpoint.endpointId),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["webhooks"] });
      onClose();
    },
  });
  const words = {
    title: t("title", { name: endpoint.name }),
    lead: t("lead", { count: endpoint.pending }),
    submit: t("submit"),
  };
  return <ConfirmDialog words={words} act={remove} onClose={onClose} />;
}
