"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { lazy, Suspense, type ReactNode } from "react";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";
import { alertsQuery } from "@/lib/api-client/alerts";
import { AlertList } from "./alert-list";
import { AlertsAnswer } from "./alerts-answer";
import { tabParser } from "./alerts-tabs";
import styles from "./alerts.module.css";

// What only some come for loads when they do.
const RulesTab = lazy(() => import("./rules-tab"));
const ChannelsTab = lazy(() => import("./channels-tab"));

/** What needs someone now, what others are at, what is over; and what decides it and who is told. */
export function AlertsScreen({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("alerts");
  const [tab, setTab] = useQueryState("tab", tabParser);
  const { data, error, refetch } = useInfiniteQuery(alertsQuery("open"));
  const list = data?.pages[0];
  if (!list)
    return error ? (
      <ErrorState title={t("failed")} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    ) : (
      <Loading />
    );
  const { counts } = list;
  const tabs = [
    { value: "open", count: counts.open, content: <AlertList status="open" mayManage={mayManage} /> },
    {
      value: "acknowledged",
      count: counts.acknowledged + counts.snoozed,
      content: <AlertList status="acknowledged" mayManage={mayManage} />,
    },
    { value: "resolved", content: <AlertList status="resolved" mayManage={mayManage} /> },
    { value: "rules", content: lazily(<RulesTab mayManage={mayManage} />) },
    { value: "channels", content: lazily(<ChannelsTab mayManage={mayManage} />) },
  ] as const;
  return (
    <>
      <AlertsAnswer list={list} />
      <div className={styles.tabs}>
        <Tabs
          label={t("tabs.label")}
          value={tab}
          onChange={(next) => void setTab(next)}
          tabs={tabs.map((one) => ({
            value: one.value,
            label: t(`tabs.${one.value}`),
            ...("count" in one && one.count > 0 ? { count: one.count } : {}),
            content: one.content,
          }))}
        />
      </div>
    </>
  );
}

const lazily = (content: ReactNode) => <Suspense fallback={<Loading />}>{content}</Suspense>;

function Loading() {
  const t = useTranslations("components");
  return (
    <div className="panel">
      <SkeletonRows rows={6} rowHeight={56} label={t("loading")} />
    </div>
  );
}
