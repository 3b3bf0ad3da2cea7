"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { Age, Since } from "@/components/ui/age";
import { StatusMark, StatusWord, type Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterNode, NodeRole } from "@/lib/cluster/schemas";
import { useNodeState } from "../cluster/use-node-state";
import styles from "./overview.module.css";

/** One card a node, publisher nodes apart; a lost node keeps its card and its place. */
export function NodeStrip({ nodes, isPresent }: { nodes: readonly ClusterNode[]; isPresent: boolean }) {
  const groups = (["subscriber", "publisher"] as const).map((role) => nodes.filter((node) => node.role === role));
  return (
    <div className={`${styles.strip} ${isPresent ? "" : styles.stale}`}>
      {groups.map((group) =>
        group[0] ? <Group key={group[0].role} role={group[0].role} nodes={group} isPresent={isPresent} /> : null,
      )}
    </div>
  );
}

function Group({ role, nodes, isPresent }: { role: NodeRole; nodes: readonly ClusterNode[]; isPresent: boolean }) {
  const t = useTranslations("overview.nodes");
  return (
    <section className={styles.group} style={{ flexGrow: nodes.length }}>
      <h2 className="h3">
        {t(role)}{" "}
        <span className={styles.about}>{t(role === "subscriber" ? "subscriberAbout" : "publisherAbout")}</span>
      </h2>
      <div className={styles.cards}>
        {nodes.map((node) => (
          <NodeCard key={node.name} node={node} isPresent={isPresent} />
        ))}
      </div>
    </section>
  );
}

/** What is proven has a plain edge, red when it is trouble of ours; what is not known is amber and hatched. */
function NodeCard({ node, isPresent }: { node: ClusterNode; isPresent: boolean }) {
  const { status } = useNodeState()(node, isPresent);
  const isUp = node.state === "up";
  const edge = status === "trouble" ? styles.troubled : isUp ? "" : styles.dead;
  return (
    <Link className={`panel ${styles.card} ${edge}`} href={`/cluster/${encodeURIComponent(node.name)}`}>
      <div className={styles.inside}>
        {isUp ? <Answering node={node} status={status} /> : <NotAnswering node={node} status={status} />}
      </div>
    </Link>
  );
}

function Answering({ node, status }: { node: ClusterNode; status: Status }) {
  const t = useTranslations("overview.nodes");
  const format = useFormat();
  const { sample } = node;
  return (
    <>
      <div className="row">
        <StatusMark status={status} size={14} />
        <b className="b">{node.split ? t("split", { node: node.name }) : node.name}</b>
        <span className={`sp ${styles.about}`}>
          {node.hasOtherVersion ? `${node.version} · ${t("otherVersion")}` : node.version}
        </span>
      </div>
      <Figures
        first={[
          t(node.role === "subscriber" ? "clients" : "services"),
          count(sample?.connections ?? null, format.count),
        ]}
        second={[t("load"), sample?.schedulerPercent == null ? "—" : `${format.count(sample.schedulerPercent)} %`]}
        third={[t("up"), node.bootedAt ? <Since key="since" at={node.bootedAt} /> : "—"]}
      />
    </>
  );
}

function NotAnswering({ node, status }: { node: ClusterNode; status: Status }) {
  const t = useTranslations("overview.nodes");
  const format = useFormat();
  const isAsked = node.evidence !== "not_asked" && node.evidence !== "watch_paused";
  return (
    <>
      <StatusWord status={status} size={14}>
        <b className="b">{t(isAsked ? (node.state === "down" ? "down" : "silent") : "asking", { node: node.name })}</b>
      </StatusWord>
      <Figures
        first={[t("unknown"), node.role === "subscriber" ? count(node.sample?.connections ?? null, format.count) : "—"]}
        second={[t("load"), "—"]}
        third={[t("heard"), node.lastAnswerAt ? <Age key="age" at={node.lastAnswerAt} plain /> : t("never")]}
      />
    </>
  );
}

const count = (value: number | null, format: (value: number) => string): string =>
  value === null ? "—" : format(value);

type NamedFigure = readonly [name: string, value: ReactNode];

function Figures({ first, second, third }: { first: NamedFigure; second: NamedFigure; third: NamedFigure }) {
  return (
    <dl className={styles.figures}>
      {[first, second, third].map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
