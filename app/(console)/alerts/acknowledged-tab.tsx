"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Awaited } from "@/components/ui/awaited";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRows } from "./alert-rows";

/** Alerts that ask for nobody: somebody has them, or they are snoozed. */
export default function AcknowledgedTab({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations();
  const acknowledged = useQuery(alertsQuery("acknowledged"));
  const { data } = acknowledged;
  const open = useQuery(alertsQuery("open"));
  if (!data) return <Awaited query={acknowledged} failed={t("alerts.failed")} rows={4} rowHeight={56} />;
  const snoozed = open.data?.alerts.filter((alert) => alert.snoozedUntil !== null) ?? [];
  return (
    <AlertRows
      status="acknowledged"
      alerts={[...data.alerts, ...snoozed]}
      rulesEnabled={data.rulesEnabled}
      mayManage={mayManage}
    />
  );
}
