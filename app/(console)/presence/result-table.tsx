"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age, Since } from "@/components/ui/age";
import { StatusWord } from "@/components/ui/status-mark";
import type { FoundClient } from "@/lib/presence/search-schemas";
import { COLUMNS, useKeptChoices, type Column } from "./kept-choices";
import { Marked } from "./marked";
import styles from "./presence.module.css";

const RIGHT = new Set<string>(["for", "proof"]);

/** Found clients, state first; two lines a row on phones. The client's name is the link; the row only widens its target. */
export function ResultTable({
  rows,
  selected,
  onSelect,
  onOpen,
}: {
  rows: readonly FoundClient[];
  selected: number;
  onSelect: (index: number) => void;
  onOpen: (clientId: string) => void;
}) {
  const t = useTranslations("presence");
  const { hidden } = useKeptChoices();
  const isShown = (column: Column) => !hidden.includes(column);
  return (
    <table className={styles.results}>
      <thead>
        <tr>
          {COLUMNS.filter(isShown).map((column) => (
            <th key={column} className={`${styles[column] ?? ""} ${RIGHT.has(column) ? "r" : ""}`} scope="col">
              {column === "state" ? <span className="sort">{t(`columns.${column}`)}</span> : t(`columns.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr
            key={row.clientId}
            className={index === selected ? "sel" : undefined}
            onPointerMove={() => index === selected || onSelect(index)}
            onClick={(event) => {
              // A click on the link is the link's; selecting text is not opening.
              if (event.target instanceof Element && event.target.closest("a")) return;
              if (window.getSelection()?.isCollapsed !== false) onOpen(row.clientId);
            }}
          >
            <td className={styles.state}>
              <StatusWord status={row.state} />
              <Remarks row={row} />
            </td>
            <td className={`${styles.name} b`}>
              {row.samePerson ? (
                <span className="t3" aria-label={t("samePerson")}>
                  ↳{" "}
                </span>
              ) : null}
              <Marked text={row.name} />
            </td>
            {isShown("phone") ? (
              <td className={styles.phone}>
                <Marked text={row.phoneNumber} />
              </td>
            ) : null}
            <td className={`${styles.client} mono`}>
              <Link href={`/presence/${row.clientId}`} prefetch={false} title={row.clientId}>
                <Marked text={row.markedClientId} />
              </Link>
            </td>
            {isShown("app") ? (
              <td className={`${styles.app} t2`}>
                <AppName row={row} />
              </td>
            ) : null}
            {isShown("model") ? (
              <td className={`${styles.model} t2`}>{row.deviceModel ?? <span className="t3">—</span>}</td>
            ) : null}
            {isShown("node") ? (
              <td className={`${styles.node} t2`}>
                {row.state === "online" || row.state === "unknown" ? row.node : <span className="t3">—</span>}
              </td>
            ) : null}
            {isShown("for") ? (
              <td className={`${styles.for} r`}>
                <Since at={row.since} />
              </td>
            ) : null}
            {isShown("proof") ? (
              <td className={`${styles.proof} r t2`}>
                <span className="only-s">{t("proof")} </span>
                <Age at={row.proofAt} plain />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is to be known under the state: that it is being asked about, why it is unknown, that its queue is out of reach, that it flaps. */
function Remarks({ row }: { row: Pick<FoundClient, "detail" | "doubtedSince" | "flapping"> }) {
  const t = useTranslations("presence");
  const why = row.detail ?? (row.doubtedSince ? "doubted" : null);
  const remarks = [...(why ? [t(`unsure.${why}`)] : []), ...(row.flapping ? [t("flapping")] : [])];
  return remarks.length > 0 ? <span className={styles.remarks}>{remarks.join(" · ")}</span> : null;
}

/** System and version of the app: "Android · 12.4.1". */
export function AppName({ row }: { row: Pick<FoundClient, "platform" | "appVersion"> }) {
  const t = useTranslations("presence.platform");
  const platform = row.platform === "android" || row.platform === "ios" ? t(row.platform) : row.platform;
  const parts = [platform, row.appVersion].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(" · ") : <span className="t3">—</span>;
}
