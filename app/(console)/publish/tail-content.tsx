"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import type { TailMessage } from "@/lib/publish/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { JsonTree } from "./json-tree";
import { fromBase64, toHex } from "./payload-bytes";
import styles from "./publish.module.css";

const VIEWS = ["tree", "text", "hex"] as const;
type View = (typeof VIEWS)[number];

/** One message of a tail: as a tree where it is JSON, as text, in hex; and what else belongs to it. */
export function TailContent({ message, onFollow }: { message: TailMessage; onFollow: (text: string) => void }) {
  const t = useTranslations("publish");
  const json = jsonOf(message.text);
  const [view, setView] = useState<View>(json ? "tree" : message.text === null ? "hex" : "text");
  if (message.shortened === "withheld") return <p className={styles.tailNote}>{t("tail.withheld")}</p>;
  const followed = json ? correlationOf(json.value) : null;
  return (
    <div className={styles.tailContent}>
      <div className="row wrap">
        <Segmented
          label={t("tail.view")}
          value={view}
          onChange={setView}
          options={VIEWS.filter((each) => (each !== "tree" || json) && (each !== "text" || message.text !== null)).map(
            (value) => ({ value, label: t(`tail.views.${value}`) }),
          )}
        />
        {followed === null ? null : (
          <Button size="small" icon="filter" onClick={() => onFollow(followed)}>
            {t("tail.follow", { id: followed.slice(0, 12) })}
          </Button>
        )}
        {message.shortened === "cut" ? <span className="t2">{t("tail.cut")}</span> : null}
      </div>
      {view === "tree" && json ? (
        <JsonTree value={json.value} />
      ) : (
        <pre className={styles.content}>
          {view === "text" ? visibleText(message.text ?? "") : toHex(fromBase64(message.base64) ?? new Uint8Array())}
        </pre>
      )}
    </div>
  );
}

function jsonOf(text: string | null): { value: unknown } | null {
  try {
    return text === null || text === "" ? null : { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

// By which messages of one matter know one another: the contract's commands and answers, then what others use.
const CORRELATIONS = ["commandId", "correlationId", "requestId", "orderId", "id"] as const;

function correlationOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const found = CORRELATIONS.map((name) => fields.get(name)).find((each) => typeof each === "string" && each !== "");
  return typeof found === "string" ? found : null;
}
