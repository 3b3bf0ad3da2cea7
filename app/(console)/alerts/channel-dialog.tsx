"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Check } from "@/components/ui/check";
import { CopyText } from "@/components/ui/copy-text";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { CHANNEL_KINDS, channelTarget, SEVERITIES, type AlertChannel, type ChannelKind } from "@/lib/alerts/schemas";
import { deleteChannel, saveChannel } from "@/lib/api-client/alert-desk";
import { refetchAlerts } from "@/lib/api-client/alerts";
import styles from "./alerts.module.css";

/** Makes or changes a channel. What signs a webhook is shown once, after it was made. */
export default function ChannelDialog({ channel, onClose }: { channel: AlertChannel | null; onClose: () => void }) {
  const t = useTranslations("alerts");
  const queryClient = useQueryClient();
  const formId = useId();
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? "webhook");
  const [name, setName] = useState(channel?.name ?? "");
  const [where, setWhere] = useState("");
  const [severities, setSeverities] = useState(channel?.severities ?? [...SEVERITIES]);
  const [enabled, setEnabled] = useState(channel?.enabled ?? true);
  const [isTried, setIsTried] = useState(false);
  const save = useMutation({
    mutationFn: saveChannel,
    onSuccess: async ({ signingSecret }) => {
      await refetchAlerts(queryClient);
      if (signingSecret === null) onClose();
    },
  });
  const remove = useMutation({
    mutationFn: deleteChannel,
    onSuccess: async () => {
      await refetchAlerts(queryClient);
      onClose();
    },
  });
  const target = readTarget(kind, where);
  const isKept = channel !== null && where.trim() === "";
  const faults = {
    name: name.trim().length < 2,
    where: !isKept && target === null,
    severities: severities.length === 0,
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (faults.name || faults.where || faults.severities) return;
    save.mutate({
      ...(channel ? { id: channel.id } : {}),
      name,
      severities,
      enabled,
      ...(isKept || !target ? {} : { target }),
    });
  };
  if (save.data?.signingSecret)
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("channel.secretTitle")}
        lead={t("channel.secretAbout")}
        footer={
          <Button kind="primary" onClick={onClose}>
            {t("channel.done")}
          </Button>
        }
      >
        <span className={styles.secret}>
          <CopyText text={save.data.signingSecret} />
        </span>
      </Dialog>
    );
  const isMail = kind === "email";
  const error = save.error ?? remove.error;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(channel ? "channel.edit" : "channel.new")}
      footer={
        <>
          {channel ? (
            <Button
              kind="danger"
              aria-label={t("channel.deleteConfirm", { name: channel.name })}
              busy={remove.isPending}
              onClick={() => remove.mutate(channel.id)}
            >
              {t("channel.delete")}
            </Button>
          ) : null}
          <DialogActions onCancel={onClose}>
            <Button kind="primary" type="submit" form={formId} busy={save.isPending}>
              {t("channel.save")}
            </Button>
          </DialogActions>
        </>
      }
    >
      <form id={formId} className={styles.form} onSubmit={submit} noValidate>
        <div className={styles.pair}>
          <SelectField
            label={t("channel.kind")}
            value={kind}
            disabled={channel !== null}
            options={CHANNEL_KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
            onChange={setKind}
          />
          <TextInput
            label={t("channel.name")}
            value={name}
            maxLength={80}
            error={isTried && faults.name ? t("channel.nameMissing") : undefined}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <TextInput
          label={t(isMail ? "channel.addresses" : "channel.url")}
          help={
            channel
              ? t("channel.urlKeep", { destination: channel.destination })
              : t(isMail ? "channel.addressesHelp" : "channel.urlHelp")
          }
          value={where}
          mono
          autoComplete="off"
          spellCheck={false}
          error={isTried && faults.where ? t(isMail ? "channel.addressesWrong" : "channel.urlWrong") : undefined}
          onChange={(event) => setWhere(event.target.value)}
        />
        <fieldset className={`field ${styles.set}`}>
          <legend className="lab">{t("channel.severities")}</legend>
          {SEVERITIES.map((severity) => (
            <Check
              key={severity}
              checked={severities.includes(severity)}
              onChange={(checked) =>
                setSeverities((before) =>
                  SEVERITIES.filter((one) => (one === severity ? checked : before.includes(one))),
                )
              }
            >
              {t(`severityAbout.${severity}`)}
            </Check>
          ))}
          {isTried && faults.severities ? <span className="err">{t("channel.severitiesMissing")}</span> : null}
        </fieldset>
        <Switch checked={enabled} onChange={setEnabled}>
          {t("channel.enabled")}
        </Switch>
        <Failure title={t("channel.failed")} error={error} />
      </form>
    </Dialog>
  );
}

/** Where it leads, from what was typed; null when that is nowhere. */
function readTarget(kind: ChannelKind, where: string) {
  const text = where.trim();
  const addresses = text.split(/[\s,;]+/).filter(Boolean);
  const parsed = channelTarget.safeParse(kind === "email" ? { kind, addresses } : { kind, url: text });
  return parsed.success ? parsed.data : null;
}
