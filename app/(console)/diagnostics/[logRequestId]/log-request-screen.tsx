"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { Tabs } from "@/components/ui/tabs";
import { useFormat } from "@/components/ui/use-format";
import { logRequestQuery } from "@/lib/api-client/diagnostics";
import { InventoryPanel } from "./inventory-panel";
import { LifePanel } from "./life-panel";
import { LogGlance } from "./log-glance";
import { LogRequestAnswer } from "./log-request-answer";
import { logSearchParams } from "./log-search";
import { LogView } from "./log-view";
import styles from "./log.module.css";

/** One log request: how far it came, and once it is ready the log itself. */
export function LogRequestScreen({ logRequestId, mayRequest }: { logRequestId: string; mayRequest: boolean }) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  const { data: life } = useQuery(logRequestQuery(logRequestId));
  const [tab, setTab] = useQueryState("tab", logSearchParams.tab);
  if (!life) return null;
  const isReadable = life.state === "ready" && life.mayReadLog;
  return (
    <>
      <LogRequestAnswer life={life} mayRequest={mayRequest} />
      {isReadable ? (
        <>
          <LogGlance logRequestId={logRequestId} />
          <Tabs
            label={t("tabs.label")}
            value={tab}
            onChange={(next) => void setTab(next)}
            tabs={[
              {
                value: "calls",
                label: t("tabs.calls"),
                count: format.count(life.calls ?? 0),
                content: <LogView logRequestId={logRequestId} />,
              },
              {
                value: "life",
                label: t("tabs.life"),
                content: (
                  <Panel className={styles.view}>
                    <LifePanel life={life} />
                  </Panel>
                ),
              },
            ]}
          />
        </>
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
