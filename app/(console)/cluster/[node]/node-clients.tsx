"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Since } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { nodeClientsQuery } from "@/lib/api-client/cluster";
import type { NodeRole } from "@/lib/cluster/schemas";
import { useWaveWords } from "../use-wave-words";
import styles from "./node.module.css";

/** Clients whose open session is on the node, in no order that means anything, a page at a time. */
export default function NodeClients({ node, role, isUp }: { node: string; role: NodeRole; isUp: boolean }) {
  const t = useTranslations("cluster.node");
  const words = useWaveWords();
  const listed = useInfiniteQuery(nodeClientsQuery(node));
  const { data, refetch, hasNextPage, fetchNextPage, isFetching, isFetchingNextPage } = listed;
  const rows = data?.pages.flatMap((page) => page.clients) ?? [];
  return (
    <Panel
      title={t("clients")}
      sub={t(isUp ? "clientsAbout" : "clientsThen")}
      className={styles.below}
      actions={
        <Button size="small" icon="again" busy={isFetching && !isFetchingNextPage} onClick={() => void refetch()}>
          {t("again")}
        </Button>
      }
    >
      {!data ? (
        <Awaited query={listed} rows={6} />
      ) : rows.length === 0 && !hasNextPage ? (
        <p className={styles.quiet}>{t(role === "publisher" ? "noServices" : "noClients")}</p>
      ) : (
        <div className="scroll">
          <table className="tight">
            <thead>
              <tr>
                <th>{t("client")}</th>
                <th>{t("platform")}</th>
                <th>{t("appVersion")}</th>
                <th className="r">{t("since")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.clientId}>
                  <td className="mono">
                    <Link className="link" href={`/presence/${encodeURIComponent(row.clientId)}`}>
                      {row.clientId}
                    </Link>
                  </td>
                  <td>{words("platform", row.platform)}</td>
                  <td>{words("appVersion", row.appVersion)}</td>
                  <td className="r">
                    <Since at={row.since} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage ? (
        <div className={styles.more}>
          <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t(data?.pages.at(-1)?.isCutShort ? "lookFurther" : "more")}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}
