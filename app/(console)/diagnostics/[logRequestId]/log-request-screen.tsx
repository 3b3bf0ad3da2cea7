"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { lazy, Suspense, type ReactNode } from "react";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";
import { useFormat } from "@/components/ui/use-format";
import { logRequestQuery } from "@/lib/api-client/diagnostics";
import { logSummaryQuery } from "@/lib/api-client/logs";
import type { LogRequestLife } from "@/lib/diagnostics/get-log-request";
import { InventoryPanel } from "./inventory-panel";
import { LifePanel } from "./life-panel";
import { LogClock } from "./log-clock";
import { LogGlance } from "./log-glance";
import { LogRequestAnswer } from "./log-request-answer";
import { logSearchParams } from "./log-search";
import { LogView } from "./log-view";
import styles from "./log.module.css";

// Views that are not the first one come when they are opened.
const EndpointsTable = lazy(async () => ({ default: (await import("./endpoints-table")).EndpointsTable }));
const StoryPanel = lazy(async () => ({ default: (await import("./story-panel")).StoryPanel }));
const ComparePanel = lazy(async () => ({ default: (await import("./compare-panel")).ComparePanel }));
const FilePanel = lazy(async () => ({ default: (await import("./file-panel")).FilePanel }));

/** One log request: how far it came, and once it is ready the log itself. */
export function LogRequestScreen({ logRequestId, mayRequest }: { logRequestId: string; mayRequest: boolean }) {
  const t = useTranslations("diagnostics");
  const { data: life } = useQuery(logRequestQuery(logRequestId));
  if (!life) return null;
  const isReadable = life.state === "ready" && life.mayReadLog;
  return (
    <>
      <LogRequestAnswer life={life} mayRequest={mayRequest} />
      {isReadable ? (
        <LogClock logRequestId={logRequestId}>
          <LogGlance logRequestId={logRequestId} />
          <LogTabs life={life} />
        </LogClock>
      ) : (
        <div className="stack">
          {life.mayReadLog ? null : <Notice title={t("mayNotRead.title")}>{t("mayNotRead.about")}</Notice>}
          {life.files ? <InventoryPanel life={life} mayRequest={mayRequest} /> : null}
          <Panel title={t("tabs.life")}>
            <LifePanel life={life} />
          </Panel>
        </div>
      )}
    </>
  );
}

function LogTabs({ life }: { life: LogRequestLife }) {
  const t = useTranslations("log.tabs");
  const words = useTranslations("components");
  const format = useFormat();
  const [tab, setTab] = useQueryState("tab", logSearchParams.tab);
  const { data: summary } = useQuery(logSummaryQuery(life.id));
  const later = (content: ReactNode): ReactNode => (
    <Suspense fallback={<SkeletonRows rows={8} label={words("loading")} />}>{content}</Suspense>
  );
  return (
    <Tabs
      label={t("label")}
      value={tab}
      onChange={(next) => void setTab(next)}
      tabs={[
        {
          value: "calls",
          label: t("calls"),
          count: format.count(life.calls ?? 0),
          content: <LogView key="table" logRequestId={life.id} as="table" />,
        },
        {
          value: "endpoints",
          label: t("endpoints"),
          ...(summary ? { count: format.count(summary.endpoints) } : {}),
          content: later(<EndpointsTable logRequestId={life.id} />),
        },
        {
          value: "waterfall",
          label: t("waterfall"),
          content: <LogView key="waterfall" logRequestId={life.id} as="waterfall" />,
        },
        {
          value: "story",
          label: t("story"),
          content: later(<StoryPanel logRequestId={life.id} clientId={life.clientId} />),
        },
        { value: "compare", label: t("compare"), content: later(<ComparePanel logRequestId={life.id} />) },
        { value: "file", label: t("file"), content: later(<FilePanel logRequestId={life.id} />) },
        {
          value: "life",
          label: t("life"),
          content: (
            <Panel className={styles.view}>
              <LifePanel life={life} />
            </Panel>
          ),
        },
      ]}
    />
  );
}
