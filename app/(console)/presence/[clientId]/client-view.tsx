"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense } from "react";
import { afterLoad } from "@/lib/api-client/after-load";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { explainedQuery } from "@/lib/api-client/client";
import { clientQuery } from "@/lib/api-client/presence";
import { ActionsPanel } from "./actions-panel";
import { ClientAnswer, RefusedAnswer } from "./client-answer";
import styles from "./client.module.css";
import { DevicePanel, PersonPanel } from "./fact-panels";
import type { May } from "./may";
import { UsNotThem } from "./us-not-them";
import { VerifyNow } from "./verify-now";

// Drawn by the server; what makes them live comes after the first sight.
const HistoryPanels = lazy(() => afterLoad().then(() => import("./history-panels")));
const TimelinePanel = lazy(async () => ({ default: (await import("./timeline-panel")).TimelinePanel }));
const SessionPanel = lazy(() => afterLoad().then(() => import("./session-panel")));
const TopicRefusalsPanel = lazy(() => afterLoad().then(() => import("./topic-refusals-panel")));
const UsualPanel = lazy(() => afterLoad().then(() => import("./usual-panel")));

// Few clients have anything to say here.
const FlappingNotice = lazy(async () => ({ default: (await import("./notices")).FlappingNotice }));
const BlockNotice = lazy(async () => ({ default: (await import("./notices")).BlockNotice }));

/** One client: what is so, since when and how we know, then its story; all of it renewed as events come. */
export function ClientView({ clientId, openedAt, may }: { clientId: string; openedAt: number; may: May }) {
  const t = useTranslations("presence");
  const query = useQuery(clientQuery(clientId));
  const explained = useQuery({ ...explainedQuery(clientId), enabled: may.timeline });
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
  const block = result.status === "refused" ? result.block : result.client.block;
  const blocked = block ? (
    <Suspense fallback={null}>
      <BlockNotice clientId={clientId} block={block} mayLift={may.block} />
    </Suspense>
  ) : null;
  if (result.status === "refused")
    return (
      <>
        <RefusedAnswer clientId={clientId} refusal={result.lastRefusal} />
        {blocked}
        {may.timeline ? (
          <Suspense fallback={null}>
            <TimelinePanel clientId={clientId} span={null} />
          </Suspense>
        ) : null}
      </>
    );
  const { client } = result;
  return (
    <>
      <ClientAnswer client={client} actions={may.verify ? <VerifyNow clientId={clientId} /> : null} />
      <UsNotThem client={client} ours={explained.data?.ours ?? null} />
      {explained.data?.flapping ? (
        <Suspense fallback={null}>
          <FlappingNotice flapping={explained.data.flapping} />
        </Suspense>
      ) : null}
      {blocked}
      <div className={styles.columns}>
        <div className="stack">
          <Suspense fallback={<div className="panel" />}>
            <HistoryPanels
              clientId={clientId}
              presence={client.presence}
              knownSince={client.firstSeenAt}
              openedAt={openedAt}
              mayReadTimeline={may.timeline}
            />
          </Suspense>
        </div>
        <div className="stack">
          <ActionsPanel client={client} may={may} />
          <PersonPanel client={client} />
          <Suspense fallback={<div className="panel" />}>
            <SessionPanel client={client} />
          </Suspense>
          <Suspense fallback={<div className="panel" />}>
            <UsualPanel clientId={clientId} />
          </Suspense>
          <DevicePanel client={client} />
          {may.refusedTopics ? (
            <Suspense fallback={null}>
              <TopicRefusalsPanel clientId={clientId} />
            </Suspense>
          ) : null}
        </div>
      </div>
    </>
  );
}
