"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age } from "@/components/ui/age";
import { Facts, Panel } from "@/components/ui/panel";
import { StatusWord } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { NodeDetail } from "@/lib/cluster/schemas";
import styles from "./node.module.css";

/** Where the node listens, which others it sees, and its hooks that failed. */
export default function NodePanels({ detail }: { detail: NodeDetail }) {
  return (
    <div className={styles.panels}>
      <Listeners detail={detail} />
      <div className="stack">
        <Peers detail={detail} />
        <HookErrors detail={detail} />
      </div>
    </div>
  );
}

function Listeners({ detail: { listeners, listenersAt } }: { detail: NodeDetail }) {
  const t = useTranslations("cluster.node");
  const format = useFormat();
  return (
    <Panel title={t("listeners")} sub={listenersAt ? <Age at={listenersAt} /> : null}>
      {listeners === null || listeners.length === 0 ? (
        <p className={styles.quiet}>{t("listenersUnknown")}</p>
      ) : (
        <div className={styles.scroll}>
          <table className="tight">
            <thead>
              <tr>
                <th>{t("type")}</th>
                <th>{t("address")}</th>
                <th>{t("status")}</th>
                <th className="r">{t("connections")}</th>
                <th className="r">{t("most")}</th>
              </tr>
            </thead>
            <tbody>
              {listeners.map((listener) => (
                <tr key={`${listener.type} ${listener.address}:${listener.port}`}>
                  <td className="b">{listener.type}</td>
                  <td className="mono">
                    {listener.address}:{listener.port}
                  </td>
                  <td>
                    {listener.status === "running" ? (
                      <StatusWord status="online" size={14}>
                        {t("running")}
                      </StatusWord>
                    ) : (
                      <StatusWord status="trouble" size={14}>
                        {listener.status}
                      </StatusWord>
                    )}
                  </td>
                  <td className="r">{listener.connections === null ? "—" : format.count(listener.connections)}</td>
                  <td className="r t3">
                    {listener.mostConnections === null ? "—" : format.count(listener.mostConnections)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Peers({ detail: { node, peers, peersAt } }: { detail: NodeDetail }) {
  const t = useTranslations("cluster.node");
  const others = peers?.filter((peer) => peer.brokerName !== node.brokerName) ?? [];
  return (
    <Panel title={t("peers")} sub={peersAt ? <Age at={peersAt} /> : null}>
      {others.length === 0 ? (
        <p className={styles.quiet}>{t(peers === null ? "peersUnknown" : "alone")}</p>
      ) : (
        <ul className={styles.peers}>
          {others.map((peer) => (
            <li key={peer.brokerName}>
              <StatusWord status={peer.isRunning ? "online" : "trouble"} size={14}>
                {t(peer.isRunning ? "sees" : "doesNotSee")}
              </StatusWord>
              {peer.node === null ? (
                <span className="b">{t("notConfigured")}</span>
              ) : (
                <Link className="link" href={`/cluster/${encodeURIComponent(peer.node)}`}>
                  {peer.node}
                </Link>
              )}
              <span className="t3 mono">{peer.brokerName}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function HookErrors({ detail: { hookErrors, node } }: { detail: NodeDetail }) {
  const t = useTranslations("cluster.node");
  const format = useFormat();
  return (
    <Panel title={t("hookErrors")} sub={t("inLastHour")}>
      <Facts
        rows={hookErrors.map(({ metric, inLastHour }) => ({
          key: metric,
          name: t.has(`hooks.${metric}` as "hooks.hook_sign_in_errors")
            ? t(`hooks.${metric}` as "hooks.hook_sign_in_errors")
            : metric,
          value: inLastHour === null ? "—" : format.count(inLastHour),
        }))}
      />
      {node.missingHooks.length > 0 ? (
        <p className={styles.quiet}>{t("missingHooks", { hooks: node.missingHooks.join(", ") })}</p>
      ) : null}
    </Panel>
  );
}
