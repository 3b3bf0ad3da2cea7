"use client";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { MOST_USER_PROPERTIES } from "@/lib/publish/terms";
import type { Draft } from "./draft";
import styles from "./publish.module.css";

/** MQTT 5 properties of a message, folded away, with what becomes of them on a broker without any. */
export function MessageProperties({
  draft: { contentType, userProperties },
  onChange,
}: {
  draft: Pick<Draft, "contentType" | "userProperties">;
  onChange: (part: Partial<Draft>) => void;
}) {
  const t = useTranslations("publish.properties");
  const changeOne = (at: number, part: Partial<Draft["userProperties"][number]>): void =>
    onChange({ userProperties: userProperties.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  // Rows have no identity but their place.
  const rows = userProperties.map((one, at) => ({ ...one, at, key: `property-${at}` }));
  const told = [contentType, ...userProperties.map(({ name, value }) => `${name}: ${value}`)]
    .filter(Boolean)
    .join(" · ");
  return (
    <details className={styles.properties}>
      <summary>
        {t("label")}
        {told === "" ? null : <span className="t2"> · {told}</span>}
      </summary>
      <p className="help">{t("about")}</p>
      <TextInput
        label={t("contentType")}
        mono
        value={contentType}
        onChange={(event) => onChange({ contentType: event.target.value })}
        placeholder="application/json"
        autoComplete="off"
        spellCheck={false}
        maxLength={127}
      />
      {rows.map(({ key, at, name, value }) => (
        <div key={key} className={styles.property}>
          <TextInput
            label={t("name")}
            mono
            value={name}
            onChange={(event) => changeOne(at, { name: event.target.value })}
            autoComplete="off"
            spellCheck={false}
            maxLength={1_000}
          />
          <TextInput
            label={t("value")}
            mono
            value={value}
            onChange={(event) => changeOne(at, { value: event.target.value })}
            autoComplete="off"
            spellCheck={false}
            maxLength={1_000}
          />
          <Button
            kind="ghost"
            icon="close"
            aria-label={t("remove", { name })}
            onClick={() => onChange({ userProperties: userProperties.filter((_, index) => index !== at) })}
          />
        </div>
      ))}
      {userProperties.length < MOST_USER_PROPERTIES ? (
        <Button
          kind="ghost"
          size="small"
          icon="plus"
          onClick={() => onChange({ userProperties: [...userProperties, { name: "", value: "" }] })}
        >
          {t("add")}
        </Button>
      ) : null}
    </details>
  );
}
