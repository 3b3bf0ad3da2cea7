"use client";
import { useTranslations } from "next-intl";
import { TextInput } from "@/components/ui/field";
import { askedVariables, type Draft } from "./draft";
import styles from "./publish.module.css";

/** A field for each variable that topic name or payload asks for; nothing while there is none. */
export function VariableFields({
  draft,
  missing,
  onChange,
}: {
  draft: Draft;
  /** Variables whose absence is told. */
  missing: readonly string[];
  onChange: (values: Draft["values"]) => void;
}) {
  const t = useTranslations("publish");
  const asked = askedVariables(draft);
  if (asked.length === 0) return null;
  return (
    <fieldset className={styles.variables}>
      <legend className="lab">{t("variables.label")}</legend>
      {asked.map((name) => (
        <TextInput
          key={name}
          label={<span className="mono">{name}</span>}
          value={draft.values[name] ?? ""}
          onChange={(event) => onChange({ ...draft.values, [name]: event.target.value })}
          autoComplete="off"
          error={missing.includes(name) ? t("variables.missing") : null}
        />
      ))}
    </fieldset>
  );
}
