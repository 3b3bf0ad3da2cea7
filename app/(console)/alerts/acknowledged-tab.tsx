"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRows } from "./alert-rows";

/** Alerts that ask for nobody: somebody has them, or they are snoozed. */
export default function AcknowledgedTab({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations();
  const { data, error, refetch } = useQuery(alertsQuery("acknowledged"));
  const open = useQuery(alertsQuery("open"));
  if (!data)
    return error ? (
      <ErrorState title={t("alerts.failed")} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    ) : (
      <SkeletonRows rows={4} rowHeight={56} label={t("components.loading")} />
    );
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
