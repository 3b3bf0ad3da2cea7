import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { ClockTime } from "@/components/ui/age";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { waveClientsQuery, type WaveSpan, type WaveValue } from "@/lib/api-client/cluster";
import { useWaveWords } from "./use-wave-words";
import styles from "./wave.module.css";

/** The clients behind a wave, or behind one value of it, the newest first. */
export function WaveClients({ wave, of, onAll }: { wave: WaveSpan; of: WaveValue | null; onAll: () => void }) {
  const t = useTranslations("cluster.wave");
  const words = useWaveWords();
  const behind = useInfiniteQuery(waveClientsQuery(wave, of));
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = behind;
  const rows = data?.pages.flatMap((page) => page.clients) ?? [];
  return (
    <>
      <div className={styles.clientsHead}>
        <h3 className="h3">
          {of
            ? t("clientsOf", { what: `${t(`dimensions.${of.dimension}`)}: ${words(of.dimension, of.value)}` })
            : t("clients")}
        </h3>
        {of ? (
          <Button kind="ghost" size="small" onClick={onAll}>
            {t("all")}
          </Button>
        ) : null}
      </div>
      {data ? (
        <div className={`scroll ${styles.tall}`}>
          <table className="tight">
            <thead>
              <tr>
                <th>{t("time")}</th>
                <th>{t("client")}</th>
                <th>{t("dimensions.node")}</th>
                <th>{t("dimensions.platform")}</th>
                <th>{t("dimensions.appVersion")}</th>
                <th>{t("dimensions.network")}</th>
                <th>{t("dimensions.reason")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                // A client may stand here several times.
                <tr key={`${row.clientId} ${row.at}`}>
                  <td>
                    <ClockTime at={row.at} />
                  </td>
                  <td className="mono">
                    {row.clientId === null ? (
                      t("notKnown")
                    ) : (
                      <Link className="link" href={`/presence/${encodeURIComponent(row.clientId)}`}>
                        {row.clientId}
                      </Link>
                    )}
                  </td>
                  <td>{row.node}</td>
                  <td>{words("platform", row.platform)}</td>
                  <td>{words("appVersion", row.appVersion)}</td>
                  <td className="mono">{words("network", row.network)}</td>
                  <td>{words("reason", row.reason)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Awaited query={behind} rows={5} />
      )}
      {hasNextPage ? (
        <div className={styles.more}>
          <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      ) : null}
    </>
  );
}
