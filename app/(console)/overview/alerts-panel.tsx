"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Panel } from "@/components/ui/panel";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRow } from "../alerts/alert-row";
import styles from "./overview.module.css";

const MOST_ROWS = 5;

/** The gravest alerts that ask for somebody; nothing for who may not see them, as nothing is asked for them. */
export function AlertsPanel({ may }: { may: { read: boolean; manage: boolean } }) {
  const t = useTranslations("alerts.panel");
  const { data: list } = useQuery({ ...alertsQuery("open"), enabled: may.read });
  if (!list) return null;
  const asking = list.alerts.filter((alert) => alert.snoozedUntil === null);
  return (
    <Panel
      title={t("title")}
      sub={asking.length > 0 ? asking.length : null}
      actions={
        <Link className="link" href={asking.length > 0 ? "/alerts" : "/alerts?tab=rules"}>
          {asking.length > MOST_ROWS ? t("all") : t("rules", { count: list.rulesEnabled })}
        </Link>
      }
    >
      {asking.length === 0 ? (
        <p className={styles.logsNone}>{t("none")}</p>
      ) : (
        <ul className={styles.alerts}>
          {asking.slice(0, MOST_ROWS).map((alert) => (
            <AlertRow key={alert.id} alert={alert} mayManage={may.manage} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
