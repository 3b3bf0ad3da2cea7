"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense, type ReactNode } from "react";
import { FrozenClock } from "@/components/ui/clock";
import { ErrorState } from "@/components/ui/error-state";
import { notRenewed, useIsUnheard } from "@/components/ui/not-renewed";
import { nodesQuery, overviewAtQuery } from "@/lib/api-client/cluster";
import type { NodeList } from "@/lib/cluster/schemas";
import { Charts } from "./charts";
import { ClusterAnswer } from "./cluster-answer";
import { NodeTable } from "./node-table";
import { OpenWave } from "./open-wave";
import { useClusterView, type ClusterView } from "./use-cluster-view";
import { ViewBar } from "./view-bar";
import { WhenNear } from "./when-near";

const PhonesPanel = lazy(() => import("./phones-panel"));
const HappenedPanel = lazy(() => import("./happened-panel"));
const TimeBar = lazy(() => import("./time-bar"));

/** The nodes' figures over time, under one cursor, and the nodes themselves: now, or as they were. */
export function ClusterScreen({ may }: { may: { mark: boolean; seeClients: boolean } }) {
  const t = useTranslations("cluster.time");
  const view = useClusterView();
  const present = useQuery({ ...nodesQuery(), enabled: view.at === null });
  const past = useQuery({ ...overviewAtQuery(view.at ?? 0), enabled: view.at !== null });
  const { data, error, refetch } = view.at === null ? present : past;
  const failed = view.at === null ? notRenewed(present) : null;
  return (
    <>
      {view.at === null ? null : (
        <Suspense fallback={null}>
          <TimeBar at={view.at} travel={view.travel} about={t("about")} />
        </Suspense>
      )}
      <AsOf at={view.at}>
        {data ? <ClusterAnswer list={data} view={view} failed={failed} /> : null}
        {!data && error ? (
          <div className="panel">
            <ErrorState title={error.message} onRetry={() => void refetch()} />
          </div>
        ) : null}
      </AsOf>
      <ViewBar view={view} nodes={data?.nodes ?? []} isRenewed={!failed} mayMark={may.mark} />
      <OpenWave view={view} maySeeClients={may.seeClients} />
      <Charts view={view} />
      <Below view={view} list={data ?? null} isUnheard={useIsUnheard(failed)} mayMark={may.mark} />
    </>
  );
}

function Below({
  view,
  list,
  isUnheard,
  mayMark,
}: {
  view: ClusterView;
  list: NodeList | null;
  isUnheard: boolean;
  mayMark: boolean;
}) {
  return (
    <>
      <WhenNear height={280}>
        <PhonesPanel view={view} />
      </WhenNear>
      <AsOf at={view.at}>{list ? <NodeTable list={list} isUnheard={isUnheard} /> : null}</AsOf>
      <WhenNear height={160}>
        <HappenedPanel span={view.span} mayMark={mayMark} />
      </WhenNear>
    </>
  );
}

function AsOf({ at, children }: { at: number | null; children: ReactNode }) {
  return at === null ? children : <FrozenClock at={at}>{children}</FrozenClock>;
}
