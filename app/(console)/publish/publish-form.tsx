"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { TextInput } from "@/components/ui/field";
import { RadioCards } from "@/components/ui/radio-cards";
import { SelectField } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { historyQuery, publishMessage } from "@/lib/api-client/publish";
import { QOS_NAMES, qosOf } from "./qos-names";
import { emptyDraft, EXPIRIES, faultsOf, toPublishInput, type Draft } from "./draft";
import { PayloadEditor } from "./payload-editor";
import styles from "./publish.module.css";

// Few publishes are retained: the question loads when it is asked.
const RetainDialog = dynamic(async () => (await import("./retain-dialog")).RetainDialog, { ssr: false });

/** A message being written. What is wrong is said beside its field; a refused message keeps the form as it is. */
export function PublishForm({
  draft,
  onDraft,
  topicRoot,
  onPublished,
}: {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  topicRoot: string;
  onPublished: (published: { messageId: string }) => void;
}) {
  const t = useTranslations("publish");
  const [hasTried, setHasTried] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const { publish, isPending, error } = usePublish(onPublished);
  const faults = faultsOf(draft, topicRoot);
  const isRight = faults.topicName === null && faults.payload === null;
  const topicFault = faults.topicName !== null && (hasTried || draft.topicName !== "") ? faults.topicName : null;

  const change = (part: Partial<Draft>): void => onDraft({ ...draft, ...part });
  const send = (): void => {
    setHasTried(!isRight);
    if (!isRight || isPending) return;
    if (draft.retain) setConfirming(true);
    else publish(draft);
  };
  return (
    <form
      className="panel"
      aria-label={t("form")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles.form}>
        <TextInput
          label={t("topic.label")}
          mono
          name="topic"
          value={draft.topicName}
          onChange={(event) => change({ topicName: event.target.value })}
          placeholder="halodoc/pharmacy-delivery/orders/ABC-123"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          error={topicFault === null ? null : t(`topic.fault.${topicFault}`)}
        />
        <div className="field">
          <span className="lab">{t("qos.label")}</span>
          <RadioCards
            label={t("qos.label")}
            className={styles.qos ?? ""}
            value={QOS_NAMES[draft.qos]}
            onChange={(name) => change({ qos: qosOf(name) })}
            options={QOS_NAMES.map((name) => ({
              value: name,
              label: t("qos.name", { qos: name }),
              about: t(`qos.promise.${name}`),
            }))}
          />
        </div>
        <div className={styles.options}>
          <Switch checked={draft.retain} onChange={(retain) => change({ retain })}>
            {t("retain.label")}
          </Switch>
          <SelectField
            label={t("expiry.label")}
            help={t("expiry.help")}
            value={draft.expiry}
            onChange={(expiry) => change({ expiry })}
            options={EXPIRIES.map((expiry) => ({ value: expiry, label: t(`expiry.after.${expiry}`) }))}
          />
        </div>
        <PayloadEditor
          payload={draft.payload}
          format={draft.format}
          fault={faults.payload}
          onChange={(payload) => change({ payload })}
          onFormat={(format) => change({ format })}
        />
        <Failure title={t("refused")} error={error} />
      </div>
      <div className={styles.send}>
        <span className="t2">{t(draft.retain ? "retain.on" : "retain.off")}</span>
        <span className="sp row">
          <Button onClick={() => onDraft(emptyDraft())}>{t("clear")}</Button>
          <Button kind="primary" type="submit" busy={isPending} aria-keyshortcuts="Control+Enter">
            {t("send")} <span className={styles.keys}>Ctrl ↵</span>
          </Button>
        </span>
      </div>
      {confirming ? (
        <RetainDialog
          open
          draft={draft}
          onClose={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            publish(draft);
          }}
        />
      ) : null}
    </form>
  );
}

/** Sends a draft once: sending the same one again after a failure uses the same key, so it is never published twice. */
function usePublish(onPublished: (published: { messageId: string }) => void) {
  const queryClient = useQueryClient();
  const attempt = useRef<{ draft: Draft; key: string } | null>(null);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (draft: Draft) => {
      if (attempt.current?.draft !== draft) attempt.current = { draft, key: makeIdempotencyKey() };
      return publishMessage(toPublishInput(draft, attempt.current.key));
    },
    onSuccess: (published) => {
      attempt.current = null;
      onPublished(published);
      void queryClient.invalidateQueries({ queryKey: historyQuery().queryKey });
    },
  });
  return { publish: mutate, isPending, error };
}

// Not randomUUID, which browsers give only to https and localhost.
const makeIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
