"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age, Since } from "@/components/ui/age";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterNode, NodeList, NodeRole } from "@/lib/cluster/schemas";
import styles from "./cluster.module.css";
import { useNodeState } from "./use-node-state";

/** Every configured node, publisher nodes apart: its state and what it rests on, how long it runs, its latest figures; as far as we hear. */
export function NodeTable({ list, isUnheard }: { list: NodeList; isUnheard: boolean }) {
  const isWatched = list.watch.status === "watching" && !isUnheard;
  return (["subscriber", "publisher"] as const).map((role) => {
    const nodes = list.nodes.filter((node) => node.role === role);
    return nodes.length > 0 ? <Nodes key={role} role={role} nodes={nodes} isWatched={isWatched} /> : null;
  });
}

function Nodes({ role, nodes, isWatched }: { role: NodeRole; nodes: readonly ClusterNode[]; isWatched: boolean }) {
  const t = useTranslations("cluster.nodes");
  return (
    <Panel title={t(`group.${role}`)} sub={t(`groupAbout.${role}`)} className={styles.nodes}>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th>{t("state")}</th>
              <th>{t("name")}</th>
              <th>{t("version")}</th>
              <th className="r">{t("up")}</th>
              <th className="r">{t("connections")}</th>
              <th className="r">{t("load")}</th>
              <th className="r">{t("memory")}</th>
              <th className="r">{t("answered")}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <NodeRow key={node.name} node={node} isWatched={isWatched} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function NodeRow({ node, isWatched }: { node: ClusterNode; isWatched: boolean }) {
  const t = useTranslations("cluster.nodes");
  const format = useFormat();
  const { status, word, because } = useNodeState()(node, isWatched);
  const { sample } = node;
  const isUp = node.state === "up" && isWatched;
  const figure = isUp ? "r" : "r t3";
  return (
    <tr>
      <td>
        <StatusWord status={status}>{word}</StatusWord>
        {because ? <span className={styles.evidence}>{because}</span> : null}
      </td>
      <td className="b">
        <Link className="link" href={`/cluster/${encodeURIComponent(node.name)}`}>
          {node.name}
        </Link>
      </td>
      <td className="t2">
        {node.version ?? "—"}
        {node.hasOtherVersion ? <span className={`tag ${styles.skew}`}>{t("otherVersion")}</span> : null}
      </td>
      <td className={figure}>{isUp && node.bootedAt ? <Since at={node.bootedAt} /> : "—"}</td>
      <td className={figure} title={isUp ? undefined : t("lastKnown")}>
        {sample?.connections == null ? "—" : format.count(sample.connections)}
      </td>
      <td className={figure}>
        {isUp && sample?.schedulerPercent != null ? `${format.count(sample.schedulerPercent)} %` : "—"}
      </td>
      <td className={figure}>{isUp && sample?.vmMemoryBytes != null ? format.bytes(sample.vmMemoryBytes) : "—"}</td>
      <td className={figure}>{node.lastAnswerAt ? <Age at={node.lastAnswerAt} /> : t("never")}</td>
    </tr>
  );
}
