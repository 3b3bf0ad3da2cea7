"use client";
import { useTranslations } from "next-intl";
import { useId, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Segmented } from "@/components/ui/segmented";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { MAX_PAYLOAD_BYTES, PAYLOAD_FORMATS, type PayloadFormat } from "@/lib/mqtt/payload";
import { OWN_VARIABLES } from "@/lib/mqtt/variables";
import { formatPayload, type PayloadFault } from "./draft";
import { countBytes } from "./payload-bytes";
import styles from "./publish.module.css";

const FEWEST_LINES = 6;

/** The payload as JSON, text, hex or base64, with its line numbers, its size and what is wrong with it. */
export function PayloadEditor({
  payload,
  format,
  fault,
  onChange,
  onFormat,
}: {
  payload: string;
  format: PayloadFormat;
  fault: PayloadFault | null;
  onChange: (payload: string) => void;
  onFormat: (format: PayloadFormat) => void;
}) {
  const t = useTranslations("publish");
  const { bytes } = useFormat();
  const id = useId();
  const lines = payload.split("\n").length;
  return (
    <div className="field">
      <label htmlFor={id}>{t("payload.label")}</label>
      <div className={styles.editor} data-invalid={fault !== null}>
        <div className={styles.tools}>
          <Segmented
            label={t("payload.format")}
            value={format}
            onChange={onFormat}
            options={PAYLOAD_FORMATS.map((value) => ({ value, label: t(`payload.formats.${value}`) }))}
          />
          <Button
            kind="ghost"
            size="small"
            className="sp"
            disabled={format !== "json" || fault !== null || payload === ""}
            onClick={() => onChange(formatPayload(payload))}
          >
            {t("payload.tidy")}
          </Button>
        </div>
        <div className={styles.lines}>
          <pre aria-hidden="true">{Array.from({ length: lines }, (_, index) => index + 1).join("\n")}</pre>
          <textarea
            id={id}
            rows={Math.max(FEWEST_LINES, lines)}
            wrap="off"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            value={payload}
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={sendByKey}
            aria-describedby={`${id}-state`}
            {...(fault ? { "aria-invalid": true } : {})}
          />
        </div>
        <div className={styles.state} id={`${id}-state`}>
          <Verdict payload={payload} format={format} fault={fault} />
          <span className={styles.size}>
            {t("payload.size", { size: bytes(countBytes(payload, format)), most: bytes(MAX_PAYLOAD_BYTES) })}
          </span>
        </div>
      </div>
      {format === "json" || format === "text" ? (
        <p className="help">
          {t("variables.own")}{" "}
          {OWN_VARIABLES.map((name) => (
            <code key={name} className={styles.variable}>
              {`{{${name}}}`}
            </code>
          ))}
        </p>
      ) : null}
    </div>
  );
}

/** Enter alone is a new line of the payload; with Ctrl or ⌘ it sends, as in the one-line fields Enter does. */
function sendByKey(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

function Verdict({ payload, format, fault }: { payload: string; format: PayloadFormat; fault: PayloadFault | null }) {
  const t = useTranslations("publish");
  if (fault && fault.kind !== "json") return <StatusWord status="trouble">{t(`payload.not.${fault.kind}`)}</StatusWord>;
  if (fault)
    return (
      <StatusWord status="trouble" size={14}>
        {fault.place ? t("payload.invalidAt", fault.place) : t("payload.invalid")}
      </StatusWord>
    );
  if (payload.trim() === "") return <span>{t("payload.empty")}</span>;
  if (format !== "json") return <span>{t(format === "text" ? "payload.asTyped" : "payload.asBytes")}</span>;
  return (
    <span className={styles.valid}>
      <Icon name="check" size={14} />
      {t("payload.valid")}
    </span>
  );
}
