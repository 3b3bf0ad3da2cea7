"use client";
import { useTranslations } from "next-intl";
import { Icon } from "./icon";
import { useCopy } from "./use-copy";

/** An identifier with a button that copies it whole, however much of it is shown. */
export function CopyText({ text, shown }: { text: string; shown?: string }) {
  const t = useTranslations("components");
  const { copied, copy } = useCopy();
  return (
    <span
      className="row"
      style={{ gap: 4, display: "inline-flex", minWidth: 0, maxWidth: "100%", position: "relative" }}
    >
      <span className="mono trunc" title={text}>
        {shown ?? text}
      </span>
      <button
        type="button"
        className="btn ghost sm ic"
        aria-label={t("copy", { text })}
        onClick={() => void copy(text)}
      >
        <Icon name={copied ? "check" : "copy"} size={14} />
      </button>
      <output className="vh">{copied ? t("copied") : null}</output>
    </span>
  );
}
