"use client";
import { useTranslations } from "next-intl";
import { TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { useFormat } from "@/components/ui/use-format";
import { ALERT_METRICS, COMPARISONS, functionsOf, isSeries, unitOf } from "@/lib/alerts/schemas";
import { kindOf } from "@/lib/cluster/schemas";
import styles from "./alerts.module.css";
import { numberOf, readsLeast, readsWindow, withMetric, type RuleDraft } from "./rule-draft";

const COUNTERS = ALERT_METRICS.filter((metric) => isSeries(metric) && kindOf(metric) === "counter");
const PER = ["node", "sum", "max"] as const;
const NODES = ["all", "subscriber", "publisher"] as const;

type NumberField = "windowSeconds" | "least" | "threshold" | "clearThreshold" | "forSeconds" | "clearForSeconds";

/** What a rule looks at and when it holds; only the fields that its function reads. */
export function ConditionFields({
  draft,
  onChange,
  faults,
}: {
  draft: RuleDraft;
  onChange: (draft: RuleDraft) => void;
  faults: ReadonlySet<string>;
}) {
  const t = useTranslations("alerts");
  const format = useFormat();
  const change = (part: Partial<RuleDraft>): void => onChange({ ...draft, ...part });
  const ofNodes = isSeries(draft.metric);
  const faultOf = (field: NumberField): string | undefined => {
    if (!faults.has(field)) return undefined;
    const isHysteresis = field === "clearThreshold" && draft.clearThreshold.trim() !== "";
    return isHysteresis ? t("rule.clearWrong", { comparison: draft.comparison }) : t("rule.number");
  };
  const number = (field: NumberField, label: string, help?: string) => (
    <TextInput
      label={label}
      inputMode="decimal"
      value={draft[field]}
      error={faultOf(field)}
      {...(help ? { help } : {})}
      onChange={(event) => change({ [field]: event.target.value })}
    />
  );
  // Of a size nobody counts the zeros.
  const limit = (field: "threshold" | "clearThreshold", label: string) => {
    const size = numberOf(draft[field]);
    return number(field, label, unitOf(draft) === "bytes" && Number.isFinite(size) ? format.bytes(size) : undefined);
  };
  return (
    <>
      <div className={styles.pair}>
        <SelectField
          label={t("rule.metric")}
          value={draft.metric}
          options={ALERT_METRICS.map((value) => ({ value, label: value }))}
          onChange={(metric) => onChange(withMetric(draft, metric))}
        />
        <SelectField
          label={t("rule.function")}
          value={draft.fn}
          options={functionsOf(draft.metric).map((value) => ({ value, label: t(`functions.${value}`) }))}
          onChange={(fn) => change({ fn })}
        />
        {draft.fn === "ratio" ? (
          <SelectField
            label={t("rule.of")}
            value={draft.of}
            options={COUNTERS.map((value) => ({ value, label: value }))}
            onChange={(of) => change({ of })}
          />
        ) : null}
        {readsWindow(draft.fn) ? number("windowSeconds", t("rule.window")) : null}
      </div>
      {ofNodes ? (
        <div className={styles.pair}>
          {draft.fn === "spread" ? null : (
            <SelectField
              label={t("rule.per")}
              value={draft.per}
              options={PER.map((value) => ({ value, label: t(`per.${value}`) }))}
              onChange={(per) => change({ per })}
            />
          )}
          <SelectField
            label={t("rule.nodes")}
            value={draft.nodes}
            options={NODES.map((value) => ({ value, label: t(`nodes.${value}`) }))}
            onChange={(nodes) => change({ nodes })}
          />
          {readsLeast(draft.fn) ? number("least", t("rule.least"), t("rule.leastHelp")) : null}
        </div>
      ) : null}
      <div className={styles.pair}>
        <SelectField
          label={t("rule.comparison")}
          value={draft.comparison}
          options={COMPARISONS.map((value) => ({ value, label: t(`comparison.${value}`) }))}
          onChange={(comparison) => change({ comparison })}
        />
        {limit("threshold", t("rule.threshold"))}
        {limit("clearThreshold", t("rule.clear"))}
        {number("forSeconds", t("rule.for"))}
        {number("clearForSeconds", t("rule.clearFor"))}
      </div>
    </>
  );
}
