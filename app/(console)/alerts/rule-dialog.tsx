"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDeferredValue, useId, useMemo, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Failure } from "@/components/ui/failure";
import { TextArea, TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { SEVERITIES, type AlertRule } from "@/lib/alerts/schemas";
import { deleteRule, saveRule } from "@/lib/api-client/alert-desk";
import { refetchAlerts } from "@/lib/api-client/alerts";
import styles from "./alerts.module.css";
import { ConditionFields } from "./condition-fields";
import { PreviewStrip } from "./preview-strip";
import { conditionOf, draftOf, type RuleDraft } from "./rule-draft";
import { useAlertWords } from "./use-alert-words";

/** Writes a rule, showing under it when it would have been open in the last seven days. */
export default function RuleDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const t = useTranslations("alerts.rule");
  const all = useTranslations("alerts");
  const words = useAlertWords();
  const formId = useId();
  const shipped = useMemo(
    () => (rule ? { name: words.nameOf(rule.id, rule.name), runbook: words.runbookOf(rule.id, rule.runbook) } : null),
    [rule, words],
  );
  const [draft, setDraft] = useState<RuleDraft>(() => draftOf(rule, shipped ?? { name: "", runbook: "" }));
  const [isTried, setIsTried] = useState(false);
  const change = (part: Partial<RuleDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const read = useMemo(() => conditionOf(draft), [draft]);
  const previewed = useDeferredValue("condition" in read ? read.condition : null);
  const nameFault = isTried && draft.name.trim().length < 3 ? t("nameMissing") : undefined;
  const { save, remove } = useRuleChanges(onClose);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (!("condition" in read) || draft.name.trim().length < 3) return;
    // Untouched shipped words stay those of the reader's language.
    const own = (key: "name" | "runbook") => (rule && draft[key] === shipped?.[key] ? rule[key] : draft[key]);
    save.mutate({
      ...(rule ? { id: rule.id, version: rule.version } : {}),
      name: own("name"),
      runbook: own("runbook"),
      severity: draft.severity,
      enabled: draft.enabled,
      condition: read.condition,
    });
  };
  const error = save.error ?? remove.error;
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      title={t(rule ? "edit" : "new")}
      lead={t("lead")}
      footer={
        <>
          {rule && !rule.isShipped ? (
            <Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate(rule.id)}>
              {t("delete")}
            </Button>
          ) : null}
          <DialogActions onCancel={onClose}>
            <Button kind="primary" type="submit" form={formId} busy={save.isPending}>
              {t("save")}
            </Button>
          </DialogActions>
        </>
      }
    >
      <form id={formId} className={styles.form} onSubmit={submit} noValidate>
        <div className={styles.pair}>
          <TextInput
            label={t("name")}
            value={draft.name}
            maxLength={120}
            error={nameFault}
            onChange={(event) => change({ name: event.target.value })}
          />
          <SelectField
            label={t("severity")}
            value={draft.severity}
            options={SEVERITIES.map((value) => ({ value, label: all(`severityAbout.${value}`) }))}
            onChange={(severity) => change({ severity })}
          />
        </div>
        <ConditionFields
          draft={draft}
          onChange={setDraft}
          faults={isTried && "faults" in read ? read.faults : new Set()}
        />
        {previewed ? <PreviewStrip condition={previewed} /> : null}
        <TextArea
          label={t("runbook")}
          help={t("runbookHelp")}
          value={draft.runbook}
          maxLength={4_000}
          rows={4}
          onChange={(event) => change({ runbook: event.target.value })}
        />
        <Switch checked={draft.enabled} onChange={(enabled) => change({ enabled })}>
          {t("enabled")}
        </Switch>
        <Failure title={t("failed")} error={error} />
      </form>
    </Dialog>
  );
}

function useRuleChanges(onClose: () => void) {
  const queryClient = useQueryClient();
  const onSuccess = async (): Promise<void> => {
    await refetchAlerts(queryClient);
    onClose();
  };
  return {
    save: useMutation({ mutationFn: saveRule, onSuccess }),
    remove: useMutation({ mutationFn: deleteRule, onSuccess }),
  };
}
