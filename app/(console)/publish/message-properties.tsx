"use client";
import { useTranslations } from "next-intl";
import { TextInput } from "@/components/ui/field";
import styles from "./publish.module.css";

/** MQTT 5 properties of a message, folded away, with what becomes of them on this broker. */
export function MessageProperties({
  contentType,
  onContentType,
}: {
  contentType: string;
  onContentType: (contentType: string) => void;
}) {
  const t = useTranslations("publish");
  return (
    <details className={styles.properties}>
      <summary>
        {t("properties.label")}
        {contentType === "" ? null : <span className="t2"> · {contentType}</span>}
      </summary>
      <p className="help">{t("properties.about")}</p>
      <TextInput
        label={t("properties.contentType")}
        mono
        value={contentType}
        onChange={(event) => onContentType(event.target.value)}
        placeholder="application/json"
        autoComplete="off"
        spellCheck={false}
        maxLength={127}
      />
    </details>
  );
}
