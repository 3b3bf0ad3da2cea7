"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Panel } from "@/components/ui/panel";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { nodesQuery } from "@/lib/api-client/cluster";
import type { ClusterNode } from "@/lib/cluster/schemas";
import styles from "./alerts.module.css";

/** What needs someone now, as far as it is watched today: nodes that do not answer. */
export function AlertsScreen() {
  const t = useTranslations("alerts");
  const { data, error, refetch } = useQuery(nodesQuery());
  if (!data) return error ? <ErrorState title={error.message} onRetry={() => void refetch()} /> : null;
  const open = data.nodes.filter((node) => node.state !== "up");
  const isBlind = data.watch.status !== "watching";
  const about = (
    <>
      <span className="proof">{t("watched")}</span>
      <span className="proof">{t("notYet")}</span>
    </>
  );
  return (
    <>
      {isBlind ? (
        <Answer status="unknown" proofs={about}>
          {t("blind")}
        </Answer>
      ) : (
        <Answer status={open.length > 0 ? "trouble" : "online"} proofs={about}>
          {open.length > 0 ? t("open", { count: open.length }) : t("none", { nodes: data.nodes.length })}
        </Answer>
      )}
      <Panel title={t("list")} sub={open.length > 0 ? open.length : null}>
        {open.map((node) => (
          <OpenAlert key={node.name} node={node} />
        ))}
        {open.length === 0 && !isBlind ? <NoneOpen nodes={data.nodes} /> : null}
      </Panel>
    </>
  );
}

function OpenAlert({ node }: { node: ClusterNode }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <div className={styles.alert}>
      <StatusMark status="trouble" />
      <div className="grow">
        <div className="b">{t(`alerts.kinds.${node.state === "down" ? "down" : "silent"}`, { node: node.name })}</div>
        <div className={styles.about}>
          {t("alerts.since", {
            clock: format.clock(new Date(node.since)),
            evidence: t(`cluster.nodes.evidence.${node.evidence}`),
          })}{" "}
          · <Age at={node.since} />
        </div>
      </div>
      <Link className="btn sm" href="/cluster">
        {t("alerts.toCluster")}
      </Link>
    </div>
  );
}

function NoneOpen({ nodes }: { nodes: readonly ClusterNode[] }) {
  const t = useTranslations("alerts");
  const latest = nodes.toSorted((a, b) => Date.parse(b.since) - Date.parse(a.since))[0];
  const age = latest ? <Age at={latest.since} /> : null;
  return (
    <EmptyState icon="bell" title={t("emptyTitle")}>
      {latest ? t.rich("emptyAbout", { node: latest.name, age: () => age }) : null}
    </EmptyState>
  );
}
