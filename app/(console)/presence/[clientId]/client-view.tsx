"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ButtonLink } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { clientQuery } from "@/lib/api-client/presence";
import { ClientAnswer, RefusedAnswer } from "./client-answer";
import styles from "./client.module.css";
import { DevicePanel, PersonPanel, SessionPanel } from "./fact-panels";
import { StripPanel } from "./strip-panel";
import { TimelinePanel } from "./timeline-panel";
import { UsNotThem } from "./us-not-them";
import { VerifyNow } from "./verify-now";

export interface May {
  verify: boolean;
  timeline: boolean;
  requestLogs: boolean;
  publish: boolean;
}

/** One client: what is so, since when and how we know, then its story; all of it renewed as events come. */
export function ClientView({ clientId, openedAt, may }: { clientId: string; openedAt: number; may: May }) {
  const t = useTranslations("presence");
  const query = useQuery(clientQuery(clientId));
  if (query.isPending) return <Skeleton width="min(520px, 80%)" height={30} />;
  if (query.isError && !query.data)
    return (
      <div className="panel">
        <ErrorState title={t("failed.title")} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      </div>
    );
  const result = query.data;
  if (result.status === "refused")
    return (
      <>
        <RefusedAnswer clientId={clientId} refusal={result.lastRefusal} />
        {may.timeline ? <TimelinePanel clientId={clientId} /> : null}
      </>
    );
  const { client } = result;
  return (
    <>
      <ClientAnswer client={client} actions={may.verify ? <VerifyNow clientId={clientId} /> : null} />
      <UsNotThem client={client} />
      <div className={styles.columns}>
        <div className="stack">
          <StripPanel
            clientId={clientId}
            presence={client.presence}
            openedAt={openedAt}
            mayReadTimeline={may.timeline}
          />
          {may.timeline ? <TimelinePanel clientId={clientId} /> : null}
        </div>
        <div className="stack">
          {may.requestLogs || may.publish ? (
            <Panel title={t("actions.title")} className={styles.first}>
              <div className={styles.actions}>
                {may.requestLogs ? (
                  <ButtonLink
                    kind={may.verify ? "plain" : "primary"}
                    icon="log"
                    href={`/diagnostics?new=true&clientId=${clientId}`}
                  >
                    {t("actions.logs")}
                  </ButtonLink>
                ) : null}
                {may.publish ? (
                  <ButtonLink icon="message" href={`/publish?clientId=${clientId}`}>
                    {t("actions.message")}
                  </ButtonLink>
                ) : null}
              </div>
            </Panel>
          ) : null}
          <PersonPanel client={client} />
          <SessionPanel client={client} />
          <DevicePanel client={client} />
        </div>
      </div>
    </>
  );
}
