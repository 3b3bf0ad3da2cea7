"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { resolvedAlertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRows } from "./alert-rows";

/** Alerts that are over, the latest first. */
export default function ResolvedTab() {
  const t = useTranslations();
  const query = useInfiniteQuery(resolvedAlertsQuery());
  if (!query.data) return <Awaited query={query} failed={t("alerts.failed")} rows={4} rowHeight={56} />;
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
