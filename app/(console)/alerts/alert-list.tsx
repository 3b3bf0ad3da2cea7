"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { AlertItem, AlertStatus } from "@/lib/alerts/schemas";
import { alertsQuery } from "@/lib/api-client/alerts";
import { AlertRow } from "./alert-row";
import styles from "./alerts.module.css";

/** Alerts of one tab. A snoozed one asks for nobody, so it stands with those that somebody has. */
export function AlertList({ status, mayManage }: { status: AlertStatus; mayManage: boolean }) {
  const t = useTranslations();
  const query = useInfiniteQuery(alertsQuery(status));
  const open = useInfiniteQuery({ ...alertsQuery("open"), enabled: status === "acknowledged" });
  if (!query.data)
    return (
      <Panel>
        {query.error ? (
          <ErrorState title={t("alerts.failed")} onRetry={() => void query.refetch()}>
            {query.error.message}
          </ErrorState>
        ) : (
          <SkeletonRows rows={4} rowHeight={56} label={t("components.loading")} />
        )}
      </Panel>
    );
  const listed = query.data.pages.flatMap((page) => page.alerts);
  const snoozed = (open.data?.pages ?? []).flatMap((page) => page.alerts.filter(isSnoozed));
  const shown =
    status === "open"
      ? listed.filter((alert) => !isSnoozed(alert))
      : status === "acknowledged"
        ? [...listed, ...snoozed]
        : listed;
  const rules = query.data.pages[0]?.rulesEnabled ?? 0;
  return (
    <Panel>
      {shown.length === 0 ? (
        <EmptyState icon="bell" title={t(`alerts.empty.${status}.title`)}>
          {t(`alerts.empty.${status}.about`, { rules })}
        </EmptyState>
      ) : (
        <ul className={styles.list}>
          {shown.map((alert) => (
            <AlertRow key={alert.id} alert={alert} mayManage={mayManage} />
          ))}
        </ul>
      )}
      {query.hasNextPage ? (
        <footer>
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("alerts.older")}
          </Button>
        </footer>
      ) : null}
    </Panel>
  );
}

const isSnoozed = (alert: AlertItem): boolean => alert.snoozedUntil !== null;
