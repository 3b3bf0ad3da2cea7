"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import type { AlertItem, AlertStatus } from "@/lib/alerts/schemas";
import { AlertRow } from "./alert-row";
import styles from "./alerts.module.css";

/** Alerts of one tab, or what would fill it. */
export function AlertRows({
  status,
  alerts,
  rulesEnabled,
  mayManage,
  footer,
}: {
  status: AlertStatus;
  alerts: readonly AlertItem[];
  rulesEnabled: number;
  mayManage: boolean;
  footer?: ReactNode;
}) {
  const t = useTranslations("alerts.empty");
  return (
    <Panel footer={footer}>
      {alerts.length === 0 ? (
        <EmptyState icon="bell" title={t(`${status}.title`)}>
          {t(`${status}.about`, { rules: rulesEnabled })}
        </EmptyState>
      ) : (
        <ul className={styles.list}>
          {alerts.map((alert) => (
            <AlertRow key={alert.id} alert={alert} mayManage={mayManage} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
