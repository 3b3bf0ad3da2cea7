"use client";
import { useTranslations } from "next-intl";
import { LineChart } from "@/components/charts/line-chart";
import { nodeTone, ONLINE } from "@/components/charts/tones";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterNode, Overview } from "@/lib/cluster/schemas";
import styles from "./overview.module.css";

/** The one hero count, how it splits over the nodes, and its last hour. */
export function ClientsHero({ overview }: { overview: Overview }) {
  const t = useTranslations("overview.clients");
  const format = useFormat();
  const { clients, watch } = overview;
  const nodes = overview.nodes.filter((node) => node.role === "subscriber");
  return (
    <div className={styles.hero}>
      <div className="row">
        <span className="t2 b">{t("title")}</span>
        <span className="sp t3">
          {watch.status === "stopped" ? t("stale", { clock: format.clock(new Date(watch.lastAt)) }) : t("range")}
        </span>
      </div>
      <div className={styles.count}>
        {clients.online === null ? "—" : format.count(clients.online)}
        <Beside overview={overview} />
      </div>
      <div className={styles.split} aria-hidden="true">
        {nodes.map((node, index) => (
          <i key={node.name} style={splitStyle(node, index)} className={node.state === "up" ? "" : styles.unknown} />
        ))}
      </div>
      <div className={styles.legend}>
        {nodes.map((node, index) => (
          <span key={node.name}>
            <i
              className={node.state === "up" ? "" : styles.unknown}
              style={node.state === "up" ? { background: nodeTone(index).color } : {}}
            />
            {node.name}{" "}
            {node.state === "up" && node.sample ? format.count(node.sample.connections ?? 0) : t("notKnown")}
          </span>
        ))}
        {clients.queued === null || clients.queued === 0 ? null : (
          <span className="t3">{t("queued", { clients: clients.queued, count: format.count(clients.queued) })}</span>
        )}
      </div>
      <History overview={overview} />
    </div>
  );
}

function Beside({ overview: { clients } }: { overview: Overview }) {
  const t = useTranslations("overview.clients");
  const format = useFormat();
  if (clients.unknown > 0)
    return (
      <small className="st st-unknown">
        <StatusMark status="unknown" />
        {t("unknown", { count: format.count(clients.unknown) })}
      </small>
    );
  if (clients.changeInHour === null) return null;
  const sign = clients.changeInHour > 0 ? "up" : clients.changeInHour < 0 ? "down" : "same";
  return <small>{t("change", { sign, count: format.count(Math.abs(clients.changeInHour)) })}</small>;
}

const splitStyle = (node: ClusterNode, index: number) => ({
  flexGrow: Math.max(node.sample?.connections ?? 0, 1),
  ...(node.state === "up" ? { background: nodeTone(index).color } : {}),
});

function History({ overview }: { overview: Overview }) {
  const t = useTranslations("overview.clients");
  const { online, history } = overview.clients;
  const { at, total, gaps } = history;
  // The line is of minutes' averages; it ends where the figure above stands.
  const rows = at.map((time, minute) => ({
    at: time,
    values: { online: minute === at.length - 1 ? online : (total[minute] ?? null) },
  }));
  const from = at[0] ?? 0;
  const to = at.at(-1) ?? from + 1;
  return (
    <div className={styles.history}>
      <LineChart
        label={t("chart")}
        series={[{ key: "online", name: t("confirmed"), tone: ONLINE }]}
        rows={rows}
        from={from}
        to={to}
        gaps={gaps.map((gap) => ({
          from: gap.from,
          to: Math.min(gap.to, to),
          kind: gap.node === null ? "unwatched" : "unknown",
        }))}
        height={116}
      />
      <div className={styles.legend}>
        {gaps.some((gap) => gap.node !== null) ? (
          <span className="key">
            <i className="sw-h" />
            {t("nodeGap")}
          </span>
        ) : null}
        {gaps.some((gap) => gap.node === null) ? (
          <span className="key">
            <i className={styles.unwatched} />
            {t("unwatched")}
          </span>
        ) : null}
      </div>
    </div>
  );
}
