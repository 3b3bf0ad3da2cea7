"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy } from "react";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { overviewQuery } from "@/lib/api-client/cluster";
import type { Overview } from "@/lib/cluster/schemas";
import { WhenNear } from "../cluster/when-near";
import { AlertsPanel } from "./alerts-panel";
import { ClientsHero } from "./clients-hero";
import { FigureTile } from "./figure-tile";
import { connectsOf } from "./figure-verdict";
import { LogRequestsPanel } from "./log-requests-panel";
import { NodeStrip } from "./node-strip";
import { OverviewAnswer } from "./overview-answer";
import styles from "./overview.module.css";

const DriftPanel = lazy(() => import("./drift-panel"));

// Three missed samples: nobody answers, or nobody asks.
const STALE_MS = 15_000;

/** What on-call looks at: the sentence, how many clients, how fast things go, the nodes. */
export function OverviewScreen({ alerts }: { alerts: { read: boolean; manage: boolean } }) {
  const t = useTranslations("components");
  const { data, error, refetch } = useQuery(overviewQuery());
  if (data) return <Facts overview={data} alerts={alerts} />;
  if (error) return <ErrorState title={error.message} onRetry={() => void refetch()} />;
  return (
    <div className="stack">
      <Skeleton width="min(520px, 80%)" height={30} />
      <div className="panel">
        <SkeletonRows rows={8} label={t("loading")} />
      </div>
    </div>
  );
}

function Facts({ overview, alerts }: { overview: Overview; alerts: { read: boolean; manage: boolean } }) {
  const connects = connectsOf(overview.figures);
  const isPresent = overview.watch.status === "watching";
  const sampleAgeMs = Date.parse(overview.at) - Date.parse(overview.sampledAt ?? overview.at);
  const areFiguresPresent = isPresent && sampleAgeMs < STALE_MS;
  return (
    <>
      <OverviewAnswer overview={overview} />
      <section className={`panel ${styles.dash} ${areFiguresPresent ? "" : styles.stale}`}>
        <ClientsHero overview={overview} />
        <div className={styles.tiles}>
          {overview.figures.map((figure) => (
            <FigureTile key={figure.key} figure={figure} connects={connects} sampledAt={overview.sampledAt} />
          ))}
        </div>
      </section>
      <NodeStrip nodes={overview.nodes} isPresent={isPresent} />
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
