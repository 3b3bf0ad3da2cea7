"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { resolvedAlertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRows } from "./alert-rows";

/** Alerts that are over, the latest first. */
export default function ResolvedTab() {
  const t = useTranslations();
  const query = useInfiniteQuery(resolvedAlertsQuery());
  if (!query.data)
    return query.error ? (
      <ErrorState title={t("alerts.failed")} onRetry={() => void query.refetch()}>
        {query.error.message}
      </ErrorState>
    ) : (
      <SkeletonRows rows={4} rowHeight={56} label={t("components.loading")} />
    );
  return (
    <AlertRows
      status="resolved"
      alerts={query.data.pages.flatMap((page) => page.alerts)}
      rulesEnabled={query.data.pages[0]?.rulesEnabled ?? 0}
      mayManage={false}
      footer={
        query.hasNextPage ? (
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("alerts.older")}
          </Button>
        ) : null
      }
    />
  );
}
