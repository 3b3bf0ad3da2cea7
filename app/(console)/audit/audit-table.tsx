"use client";

import { useTranslations } from "next-intl";
import type { AuditEntry } from "@/lib/audit/schemas";
import { AuditRow, type Narrow } from "./audit-row";
import styles from "./audit.module.css";

const COLUMNS = ["when", "who", "what", "whom", "why", "from"] as const;

/** Entries newest first, each a line that opens to all that was kept of it. A name or identifier pressed narrows the record to it. */
export function AuditTable({ entries, onNarrow }: { entries: readonly AuditEntry[]; onNarrow: Narrow }) {
  const t = useTranslations("audit");
  return (
    <div className="scroll">
      <table className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={styles[column]}>
                {t(`columns.${column}`)}
              </th>
            ))}
            <th scope="col" className={styles.more}>
              <span className="vh">{t("columns.more")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <AuditRow key={entry.id} entry={entry} columns={COLUMNS.length + 1} onNarrow={onNarrow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
