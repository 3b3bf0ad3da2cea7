"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Awaited } from "@/components/ui/awaited";
import { Panel } from "@/components/ui/panel";
import { alertsAtQuery } from "@/lib/api-client/alert-desk";
import { AlertRow } from "../alerts/alert-row";
import styles from "./overview.module.css";

/** Alerts that were open at that moment, and what became of them. */
export default function PastAlertsPanel({ at }: { at: number }) {
  const t = useTranslations("alerts");
  const query = useQuery(alertsAtQuery(at));
  const { data: alerts } = query;
  return (
    <Panel title={t("panel.then")} sub={alerts && alerts.length > 0 ? alerts.length : null}>
      {alerts ? (
        <ul className={styles.alerts}>
          {alerts.map((alert) => (
            <AlertRow key={alert.id} alert={alert} mayManage={false} />
          ))}
        </ul>
      ) : (
        <Awaited query={query} failed={t("failed")} rows={2} rowHeight={56} />
      )}
      {alerts?.length === 0 ? <p className={styles.logsNone}>{t("panel.noneThen")}</p> : null}
    </Panel>
  );
}
