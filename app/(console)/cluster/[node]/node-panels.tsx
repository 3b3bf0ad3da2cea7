"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age } from "@/components/ui/age";
import { Facts, Panel } from "@/components/ui/panel";
import { Scroll } from "@/components/ui/scroll";
import { StatusWord, type Status } from "@/components/ui/status-mark";
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

/** When the node told it; that it says nothing any more, once it does not. */
function Told({ at, node }: { at: string | null; node: NodeDetail["node"] }) {
  const t = useTranslations("cluster.node");
  if (at === null) return null;
  const age = <Age at={at} />;
  return node.state === "up" ? age : t.rich("told", { age: () => age });
}

/** The mark of what a node tells of itself: not known any more once it tells nothing. */
const markOf = (node: NodeDetail["node"], isWell: boolean): Status =>
  node.state !== "up" ? "unknown" : isWell ? "online" : "trouble";

function Listeners({ detail: { node, listeners, listenersAt } }: { detail: NodeDetail }) {
  const t = useTranslations("cluster.node");
  const format = useFormat();
  return (
    <Panel title={t("listeners")} sub={<Told at={listenersAt} node={node} />}>
      {listeners === null || listeners.length === 0 ? (
        <p className={styles.quiet}>{t("listenersUnknown")}</p>
      ) : (
        <Scroll label={t("listeners")}>
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
                    <StatusWord status={markOf(node, listener.status === "running")} size={14}>
                      {listener.status === "running" ? t("running") : listener.status}
                    </StatusWord>
                  </td>
                  <td className="r">{listener.connections === null ? "—" : format.count(listener.connections)}</td>
                  <td className="r t3">
                    {listener.mostConnections === null ? "—" : format.count(listener.mostConnections)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}

function Peers({ detail: { node, peers, peersAt } }: { detail: NodeDetail }) {
  const t = useTranslations("cluster.node");
  const others = peers?.filter((peer) => peer.brokerName !== node.brokerName) ?? [];
  return (
    <Panel title={t("peers")} sub={<Told at={peersAt} node={node} />}>
      {others.length === 0 ? (
        <p className={styles.quiet}>{t(peers === null ? "peersUnknown" : "alone")}</p>
      ) : (
        <ul className={styles.peers}>
          {others.map((peer) => (
            <li key={peer.brokerName}>
              <StatusWord status={markOf(node, peer.isRunning)} size={14}>
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
