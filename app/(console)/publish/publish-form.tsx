"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Failure } from "@/components/ui/failure";
import { RadioCards } from "@/components/ui/radio-cards";
import { SelectField } from "@/components/ui/select";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import { afterLoad } from "@/lib/api-client/after-load";
import { useSettled } from "@/components/ui/use-settled";
import { audienceQuery, historyQuery, publishMessage } from "@/lib/api-client/publish";
import { QOS_NAMES, qosOf } from "./qos-names";
import {
  askedVariables,
  emptyDraft,
  EXPIRIES,
  faultsOf,
  topicNameOf,
  toPublishInput,
  type Attempt,
  type Draft,
} from "./draft";
import { manyFault, type Addressee } from "./many-draft";
import { PayloadEditor } from "./payload-editor";
import { rewrite } from "./payload-bytes";
import { TopicField } from "./topic-field";
import styles from "./publish.module.css";

// Few publishes are retained or broad: the question loads when it is asked.
const ConfirmDialog = dynamic(async () => (await import("./confirm-dialog")).ConfirmDialog, { ssr: false });

// Beside what is written first, so not part of the first load.
const SavedBar = dynamic(() => afterLoad().then(async () => (await import("./saved-bar")).SavedBar), { ssr: false });
const AudiencePanel = dynamic(() => afterLoad().then(async () => (await import("./audience-panel")).AudiencePanel), {
  ssr: false,
});
const MessageProperties = dynamic(
  () => afterLoad().then(async () => (await import("./message-properties")).MessageProperties),
  { ssr: false },
);
const ManyClients = dynamic(async () => (await import("./many-clients")).ManyClients, { ssr: false });
const ConfirmSend = dynamic(async () => (await import("./confirm-send")).ConfirmSend, { ssr: false });
const VariableFields = dynamic(async () => (await import("./variable-fields")).VariableFields, { ssr: false });

// Longer than between two keys: each look asks the broker.
const TYPING_MS = 600;

/** A message being written. What is wrong is said beside its field; a refused message keeps the form as it is. */
export function PublishForm({
  draft,
  onDraft,
  addressee: { to, many },
  onAddressee,
  topicRoot,
  onPublished,
  onStarted,
}: {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  addressee: Addressee;
  onAddressee: (addressee: Addressee) => void;
  topicRoot: string;
  onPublished: (published: { messageId: string }) => void;
  /** A message to many clients is under way, or waits for approval. */
  onStarted: (send: { sendId: string }) => void;
}) {
  const t = useTranslations("publish");
  const [hasTried, setHasTried] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const isMany = to === "many";
  const { publish, isPending, error } = usePublish(onPublished);
  const written = isMany ? { ...draft, topicName: "" } : draft;
  const faults = faultsOf(written, topicRoot);
  const isAddressed = isMany ? manyFault(many) === null : faults.topicName === null;
  const isRight = isAddressed && faults.payload === null && faults.missing.length === 0;
  const askedTopic = useSettled(!isMany && faults.topicName === null ? topicNameOf(draft) : null, TYPING_MS);
  const audience = useQuery({ ...audienceQuery(askedTopic ?? ""), enabled: askedTopic !== null }).data;
  const topicFault = faults.topicName !== null && (hasTried || draft.topicName !== "") ? faults.topicName : null;

  const change = (part: Partial<Draft>): void => onDraft({ ...draft, ...part });
  const send = (): void => {
    setHasTried(!isRight);
    if (!isRight || isPending) return;
    if (isMany || draft.retain || audience?.isBroad) setConfirming(true);
    else publish({ draft, confirmedDevices: null });
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
      <div className={styles.saved}>
        <SavedBar draft={draft} onDraft={onDraft} />
      </div>
      <div className={styles.form}>
        <Segmented
          label={t("to.label")}
          value={to}
          onChange={(chosen) => onAddressee({ to: chosen, many })}
          options={(["topic", "many"] as const).map((value) => ({ value, label: t(`to.${value}`) }))}
        />
        {isMany ? (
          <ManyClients many={many} hasTried={hasTried} onChange={(changed) => onAddressee({ to, many: changed })} />
        ) : (
          <TopicField
            value={draft.topicName}
            topicRoot={topicRoot}
            fault={topicFault}
            onChange={(topicName) => change({ topicName })}
          />
        )}
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
          <Switch checked={draft.retain && !isMany} disabled={isMany} onChange={(retain) => change({ retain })}>
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
          onFormat={(format) => change({ format, payload: rewrite(draft.payload, draft.format, format) })}
        />
        {askedVariables(written).length > 0 ? (
          <VariableFields
            draft={written}
            missing={hasTried ? faults.missing : []}
            onChange={(values) => change({ values })}
          />
        ) : null}
        <MessageProperties draft={draft} onChange={change} />
        {isMany ? null : (
          <div className={styles.audienceSpace}>
            <AudiencePanel topicName={askedTopic} />
          </div>
        )}
        <Failure title={t("refused")} error={error} />
      </div>
      <div className={styles.send}>
        <span className="t2">{t(isMany ? "retain.many" : draft.retain ? "retain.on" : "retain.off")}</span>
        <span className="sp row">
          <Button onClick={() => onDraft(emptyDraft())}>{t("clear")}</Button>
          <Button kind="primary" type="submit" busy={isPending} aria-keyshortcuts="Control+Enter">
            {t("send")} <span className={styles.keys}>Ctrl ↵</span>
          </Button>
        </span>
      </div>
      {confirming && isMany ? (
        <ConfirmSend
          draft={draft}
          many={many}
          makeAttempt={makeAttempt}
          onClose={() => setConfirming(false)}
          onStarted={(send) => {
            setConfirming(false);
            onStarted(send);
          }}
        />
      ) : confirming ? (
        <ConfirmDialog
          draft={draft}
          onClose={() => setConfirming(false)}
          onConfirm={(confirmedDevices) => {
            setConfirming(false);
            publish({ draft, confirmedDevices });
          }}
        />
      ) : null}
    </form>
  );
}

/** Sends a draft once: sending the same one again after a failure uses the same key, so it is never published twice. */
function usePublish(onPublished: (published: { messageId: string }) => void) {
  const queryClient = useQueryClient();
  const last = useRef<{ draft: Draft; attempt: Attempt } | null>(null);
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ draft, confirmedDevices }: { draft: Draft; confirmedDevices: number | null }) => {
      if (last.current?.draft !== draft) last.current = { draft, attempt: makeAttempt() };
      return publishMessage(toPublishInput(draft, { ...last.current.attempt, confirmedDevices }));
    },
    onSuccess: (published) => {
      last.current = null;
      onPublished(published);
      void queryClient.invalidateQueries({ queryKey: historyQuery().queryKey });
    },
  });
  return { publish: mutate, isPending, error };
}

const makeAttempt = (): Attempt => ({
  idempotencyKey: randomHex(),
  now: new Date().toISOString(),
  uuid: randomHex().replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5"),
  confirmedDevices: null,
});

// Not randomUUID, which browsers give only to https and localhost.
const randomHex = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
