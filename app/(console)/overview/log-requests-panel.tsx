"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { boardQuery } from "@/lib/api-client/diagnostics";
import styles from "./overview.module.css";

/** Log requests by what they wait for; nothing while the board cannot be read, as its own page says why. */
export function LogRequestsPanel() {
  const t = useTranslations("overview.logs");
  const format = useFormat();
  const { data } = useQuery(boardQuery());
  if (!data) return null;
  const { waitingFor, columns } = data;
  const rows = [
    { key: "phone", count: waitingFor.phone },
    { key: "us", count: waitingFor.us },
    { key: "turn", count: waitingFor.turn },
    { key: "active", count: columns.active.total },
    { key: "ready", count: columns.ready.total },
    { key: "ended", count: columns.ended.total },
  ] as const;
  const shown = rows.filter((row) => row.count > 0);
  return (
    <Panel
      title={t("title")}
      sub={t("within", { hours: data.endedWithinHours })}
      actions={
        <Link className="link" href="/diagnostics">
          {t("open", { waiting: columns.waiting.total, count: format.count(columns.waiting.total) })}
        </Link>
      }
    >
      {shown.length === 0 ? (
        <p className={styles.logsNone}>{t("none")}</p>
      ) : (
        <ul className={styles.logsList}>
          {shown.map((row) => (
            <li key={row.key}>
              <span className={row.key === "active" ? "tag acc" : "tag"}>{format.count(row.count)}</span>
              {t(row.key)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
