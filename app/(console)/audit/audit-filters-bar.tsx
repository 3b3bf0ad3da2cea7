"use client";

import { useTranslations } from "next-intl";
import type { FormEvent, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { ACTOR_KINDS } from "@/lib/audit/terms";
import { AUDITED, PERIODS, type AuditSearch } from "./audit-filters";
import styles from "./audit.module.css";

/** The filters of the record; `who` is the name of the one chosen in the table. */
export function AuditFiltersBar({
  search,
  who,
  onChange,
  children,
}: {
  search: AuditSearch;
  who: string | null;
  onChange: (change: Partial<AuditSearch>) => void;
  /** What can be done with what is found, at the end of the bar. */
  children: ReactNode;
}) {
  const t = useTranslations("audit");
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = (name: "whom" | "ticket"): string | null => {
      const text = form.get(name);
      return typeof text === "string" && text.trim() ? text.trim() : null;
    };
    onChange({ whom: typed("whom"), ticket: typed("ticket") });
  };
  return (
    <form className={styles.filters} onSubmit={submit}>
      <SelectField
        label={t("filter.who")}
        value={search.kind ?? "any"}
        options={[
          { value: "any", label: t("filter.anyone") },
          ...ACTOR_KINDS.map((value) => ({ value, label: t(`filter.kinds.${value}`) })),
        ]}
        onChange={(value) => onChange({ kind: ACTOR_KINDS.find((known) => known === value) ?? null })}
      />
      <SelectField
        label={t("filter.what")}
        value={search.what ?? "any"}
        options={[
          { value: "any", label: t("filter.anything") },
          ...AUDITED.map((value) => ({ value, label: t(`capabilities.${value}`) })),
        ]}
        onChange={(value) => onChange({ what: AUDITED.find((known) => known === value) ?? null })}
      />
      <SelectField
        label={t("filter.when")}
        value={search.period}
        options={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
        onChange={(period) => onChange({ period })}
      />
      <TextInput
        // Drawn anew when the address changes it, so that Back is seen in the field.
        key={search.whom ?? ""}
        label={t("filter.whom")}
        name="whom"
        mono
        placeholder={t("filter.whomHint")}
        defaultValue={search.whom ?? ""}
        maxLength={256}
        autoComplete="off"
        spellCheck={false}
        fieldClassName={styles.typed ?? ""}
      />
      <TextInput
        key={`ticket ${search.ticket ?? ""}`}
        label={t("filter.ticket")}
        name="ticket"
        mono
        defaultValue={search.ticket ?? ""}
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        fieldClassName={styles.ticket ?? ""}
      />
      {/* A form of two fields is sent by Enter only when it has a button for it. */}
      <button type="submit" hidden aria-label={t("filter.apply")} />
      {who ? <ChosenFilter text={t("filter.only", { name: who })} onRemove={() => onChange({ who: null })} /> : null}
      {search.whom ? (
        <ChosenFilter text={t("filter.only", { name: search.whom })} onRemove={() => onChange({ whom: null })} />
      ) : null}
      {search.ticket ? (
        <ChosenFilter text={t("filter.only", { name: search.ticket })} onRemove={() => onChange({ ticket: null })} />
      ) : null}
      <span className={styles.acts}>{children}</span>
    </form>
  );
}

function ChosenFilter({ text, onRemove }: { text: string; onRemove: () => void }) {
  const t = useTranslations("audit");
  return (
    <span className={`tag acc ${styles.chosen}`}>
      {text}
      <Button
        kind="ghost"
        size="small"
        icon="close"
        aria-label={t("filter.remove", { filter: text })}
        onClick={onRemove}
      />
    </span>
  );
}
