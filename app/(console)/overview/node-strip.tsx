"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { Age, Since } from "@/components/ui/age";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterNode, NodeRole } from "@/lib/cluster/schemas";
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
          <Link
            className={`panel ${styles.card} ${node.state === "up" ? (node.split ? styles.splitCard : "") : styles.dead}`}
            key={node.name}
            href={`/cluster/${encodeURIComponent(node.name)}`}
          >
            <div className={styles.inside}>
              {node.state === "up" ? <Answering node={node} isPresent={isPresent} /> : <NotAnswering node={node} />}
            </div>
          </Link>
        ))}
      </div>
    </section>
  );
}

function Answering({ node, isPresent }: { node: ClusterNode; isPresent: boolean }) {
  const t = useTranslations("overview.nodes");
  const format = useFormat();
  const { sample } = node;
  return (
    <>
      <div className="row">
        <StatusMark status={!isPresent ? "unknown" : node.split ? "trouble" : "online"} size={14} />
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

function NotAnswering({ node }: { node: ClusterNode }) {
  const t = useTranslations("overview.nodes");
  const format = useFormat();
  const isAsked = node.evidence !== "not_asked" && node.evidence !== "watch_paused";
  return (
    <>
      <span className="st st-unknown">
        <StatusMark status="unknown" size={14} />
        <b className="b">{t(isAsked ? (node.state === "down" ? "down" : "silent") : "asking", { node: node.name })}</b>
      </span>
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
