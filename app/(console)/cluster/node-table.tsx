"use client";
import { useTranslations } from "next-intl";
import { Age, Since } from "@/components/ui/age";
import { Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterNode, NodeList } from "@/lib/cluster/schemas";
import styles from "./cluster.module.css";

/** Every configured node: its state and what it rests on, how long it runs, its latest figures. */
export function NodeTable({ list }: { list: NodeList }) {
  const t = useTranslations("cluster.nodes");
  return (
    <Panel title={t("title")} className={styles.nodes}>
      <div className={styles.scroll}>
        <table>
          <thead>
            <tr>
              <th>{t("state")}</th>
              <th>{t("name")}</th>
              <th>{t("role")}</th>
              <th>{t("version")}</th>
              <th className="r">{t("up")}</th>
              <th className="r">{t("connections")}</th>
              <th className="r">{t("load")}</th>
              <th className="r">{t("memory")}</th>
              <th className="r">{t("answered")}</th>
            </tr>
          </thead>
          <tbody>
            {list.nodes.map((node) => (
              <NodeRow key={node.name} node={node} isWatched={list.watch.status === "watching"} />
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
  const { sample } = node;
  const isUp = node.state === "up" && isWatched;
  const figure = isUp ? "r" : "r t3";
  return (
    <tr>
      <td>
        <StatusWord status={isUp ? "online" : node.state === "down" && isWatched ? "trouble" : "unknown"}>
          {t(`states.${node.state}`)}
        </StatusWord>
        {node.evidence === "answers" ? null : <span className={styles.evidence}>{t(`evidence.${node.evidence}`)}</span>}
      </td>
      <td className="b">{node.name}</td>
      <td className="t2">{t(`roles.${node.role}`)}</td>
      <td className="t2">{node.version ?? "—"}</td>
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
