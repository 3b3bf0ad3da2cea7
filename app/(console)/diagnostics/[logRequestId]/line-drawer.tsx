"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { visibleText } from "../visible-text";
import { CLASS_COLOR } from "./class-color";
import styles from "./log.module.css";

/** One line in full: its facts, and the line itself as text, whatever it holds. */
export function LineDrawer({ line, onClose }: { line: LogLine; onClose: () => void }) {
  const t = useTranslations("diagnostics.line");
  const names = useTranslations("diagnostics.glance.class");
  const words = useTranslations("components");
  const format = useFormat();
  const { t: at, url, host, error, ms, bytes, attempt, app } = line;
  const facts = [
    at && { key: "at", value: format.exact(Date.parse(at)) },
    url && { key: "url", value: <bdi className="mono">{visibleText(url)}</bdi> },
    host && { key: "host", value: <bdi className="mono">{visibleText(host)}</bdi> },
    ms !== null && { key: "took", value: `${format.count(ms)} ms` },
    bytes !== null && { key: "size", value: format.bytes(bytes) },
    attempt !== null && { key: "attempt", value: format.count(attempt) },
    app && { key: "app", value: app },
    error && { key: "error", value: <bdi>{visibleText(error)}</bdi> },
    { key: "position", value: t("lineOf", { n: format.count(line.n) }) },
  ].filter((fact) => typeof fact === "object" && fact !== null);
  return (
    <aside className={styles.drawer} aria-label={t("label")}>
      <header>
        <h2 className="trunc">{line.endpoint ? visibleText(line.endpoint) : t("textLine")}</h2>
        <Button kind="ghost" size="small" icon="close" aria-label={words("close")} onClick={onClose} />
      </header>
      {line.class === "text" ? null : (
        <p className={styles.status} data-class={line.class}>
          <i className={styles.square} style={{ background: CLASS_COLOR[line.class] }} />
          {line.status ?? names("none")}
        </p>
      )}
      <Facts rows={facts.map((fact) => ({ ...fact, name: t(fact.key) }))} />
      <pre>
        <bdi>{visibleText(pretty(line.raw))}</bdi>
      </pre>
      {line.rawCut ? <p className="t3">{t("cut")}</p> : null}
    </aside>
  );
}

/** JSON laid out in lines; anything else as it is. */
function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
