"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useQueryState } from "nuqs";
import { lazy, Suspense } from "react";
import { ErrorState } from "@/components/ui/error-state";
import { notRenewed } from "@/components/ui/not-renewed";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { AlertList } from "@/lib/alerts/schemas";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRows } from "./alert-rows";
import { AlertsAnswer } from "./alerts-answer";
import styles from "./alerts.module.css";
import { ALERT_TABS, tabParser } from "./alerts-tabs";

// What only some come for loads when they do.
const AcknowledgedTab = lazy(() => import("./acknowledged-tab"));
const ResolvedTab = lazy(() => import("./resolved-tab"));
const RulesTab = lazy(() => import("./rules-tab"));
const ChannelsTab = lazy(() => import("./channels-tab"));

/** What needs someone now, what others are at, what is over; and what decides it and who is told. */
export function AlertsScreen({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("alerts");
  const [tab] = useQueryState("tab", tabParser);
  const query = useQuery(alertsQuery("open"));
  const { data: list, error, refetch } = query;
  if (!list)
    return error ? (
      <ErrorState title={t("failed")} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    ) : (
      <Loading />
    );
  return (
    <>
      <AlertsAnswer list={list} failed={notRenewed(query)} />
      <TabLinks open={tab} counts={list.counts} />
      <Suspense fallback={<Loading />}>
        {tab === "open" ? (
          <AlertRows
            status="open"
            alerts={list.alerts.filter((alert) => alert.snoozedUntil === null)}
            rulesEnabled={list.rulesEnabled}
            mayManage={mayManage}
          />
        ) : null}
        {tab === "acknowledged" ? <AcknowledgedTab mayManage={mayManage} /> : null}
        {tab === "resolved" ? <ResolvedTab /> : null}
        {tab === "rules" ? <RulesTab mayManage={mayManage} /> : null}
        {tab === "channels" ? <ChannelsTab mayManage={mayManage} /> : null}
      </Suspense>
    </>
  );
}

/** Each tab is an address, so they are links. */
function TabLinks({ open, counts }: { open: (typeof ALERT_TABS)[number]; counts: AlertList["counts"] }) {
  const t = useTranslations("alerts.tabs");
  const countOf = { open: counts.open, acknowledged: counts.acknowledged + counts.snoozed };
  return (
    <nav className={`tabs ${styles.tabs}`} aria-label={t("label")}>
      {ALERT_TABS.map((tab) => {
        const count = tab === "open" || tab === "acknowledged" ? countOf[tab] : 0;
        return (
          <Link
            key={tab}
            href={tab === "open" ? "/alerts" : `/alerts?tab=${tab}`}
            scroll={false}
            {...(tab === open ? { "aria-current": "page" as const } : {})}
          >
            {t(tab)}
            {count > 0 ? <span className="c">{count}</span> : null}
          </Link>
        );
      })}
    </nav>
  );
}

function Loading() {
  const t = useTranslations("components");
  return (
    <div className="panel">
      <SkeletonRows rows={6} rowHeight={56} label={t("loading")} />
    </div>
  );
}
