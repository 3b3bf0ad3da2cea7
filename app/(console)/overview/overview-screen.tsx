"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { lazy, Suspense } from "react";
import { FrozenClock } from "@/components/ui/clock";
import { ErrorState } from "@/components/ui/error-state";
import { notRenewed, useIsUnheard } from "@/components/ui/not-renewed";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { overviewAtQuery, overviewQuery } from "@/lib/api-client/cluster";
import type { Overview } from "@/lib/cluster/schemas";
import { WhenNear } from "../cluster/when-near";
import { AlertsPanel } from "./alerts-panel";
import { ClientsHero } from "./clients-hero";
import { FigureTile } from "./figure-tile";
import { connectsOf } from "./figure-verdict";
import { LogRequestsPanel } from "./log-requests-panel";
import { NodeStrip } from "./node-strip";
import { OverviewAnswer } from "./overview-answer";
import { overviewSearch } from "./overview-search";
import styles from "./overview.module.css";

const DriftPanel = lazy(() => import("./drift-panel"));
const PastAlertsPanel = lazy(() => import("./past-alerts-panel"));
const TimeBar = lazy(() => import("../cluster/time-bar"));

// Three missed samples: nobody answers, or nobody asks.
const STALE_MS = 15_000;

type MayAlerts = { read: boolean; manage: boolean };

/** What on-call looks at: the sentence, how many clients, how fast things go, the nodes; now, or as they were. */
export function OverviewScreen({ alerts }: { alerts: MayAlerts }) {
  const [{ at }, setSearch] = useQueryStates(overviewSearch, { history: "push" });
  const travel = (next: number | null) => void setSearch({ at: next === null ? null : new Date(next) });
  if (at) return <Past at={at.getTime()} travel={travel} mayAlerts={alerts.read} />;
  // The hour before: what somebody asks about is over, and there is something to see.
  return <Present alerts={alerts} goBack={() => travel(Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000)} />;
}

function Present({ alerts, goBack }: { alerts: MayAlerts; goBack: () => void }) {
  const query = useQuery(overviewQuery());
  const { data, error, refetch } = query;
  const { data: list } = useQuery({ ...alertsQuery("open"), enabled: alerts.read });
  const failed = notRenewed(query);
  const isUnheard = useIsUnheard(failed);
  if (!data) return <NotThere error={error} retry={() => void refetch()} />;
  return (
    <>
      <OverviewAnswer overview={data} alerts={list ?? null} failed={failed} travel={goBack} />
      <Facts overview={data} at={null} isUnheard={isUnheard} />
      <div className={styles.below}>
        <AlertsPanel may={alerts} />
        <WhenNear height={180}>
          <DriftPanel />
        </WhenNear>
        <LogRequestsPanel />
      </div>
    </>
  );
}

function Past({ at, travel, mayAlerts }: { at: number; travel: (at: number | null) => void; mayAlerts: boolean }) {
  const t = useTranslations("overview.past");
  const { data, error, refetch } = useQuery(overviewAtQuery(at));
  return (
    <>
      <Suspense fallback={null}>
        <TimeBar at={at} travel={travel} about={t("about")} />
      </Suspense>
      {data ? (
        <FrozenClock at={at}>
          <OverviewAnswer overview={data} alerts={null} failed={null} travel={null} />
          <Facts overview={data} at={at} isUnheard={false} />
          {mayAlerts ? (
            <Suspense fallback={null}>
              <PastAlertsPanel at={at} />
            </Suspense>
          ) : null}
        </FrozenClock>
      ) : (
        <NotThere error={error} retry={() => void refetch()} />
      )}
    </>
  );
}

function NotThere({ error, retry }: { error: Error | null; retry: () => void }) {
  const t = useTranslations("components");
  if (error) return <ErrorState title={error.message} onRetry={retry} />;
  return (
    <div className="stack">
      <Skeleton width="min(520px, 80%)" height={30} />
      <div className="panel">
        <SkeletonRows rows={8} label={t("loading")} />
      </div>
    </div>
  );
}

/** `at`: of then (ms); null: of now, as far as we hear. */
function Facts({ overview, at, isUnheard }: { overview: Overview; at: number | null; isUnheard: boolean }) {
  const connects = connectsOf(overview.figures);
  const isPresent = overview.watch.status === "watching" && !isUnheard;
  const sampleAgeMs = Date.parse(overview.at) - Date.parse(overview.sampledAt ?? overview.at);
  // A minute's row is all of a past minute.
  const areFiguresPresent = isPresent && (at !== null || sampleAgeMs < STALE_MS);
  return (
    <>
      <section className={`panel ${styles.dash} ${areFiguresPresent ? "" : styles.stale}`}>
        <ClientsHero overview={overview} />
        <div className={styles.tiles}>
          {overview.figures.map((figure) => (
            <FigureTile key={figure.key} figure={figure} connects={connects} sampledAt={overview.sampledAt} at={at} />
          ))}
        </div>
      </section>
      <NodeStrip nodes={overview.nodes} isPresent={isPresent} />
    </>
  );
}
