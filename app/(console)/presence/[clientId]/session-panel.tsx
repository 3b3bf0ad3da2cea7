"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Age, Until } from "@/components/ui/age";
import { Facts, Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { liveSessionQuery } from "@/lib/api-client/client";
import type { ClientDetail, LiveSession } from "@/lib/presence/schemas";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./client.module.css";
import { useReason } from "./use-reason";

type Row = { key: string; name: string; value: ReactNode };
const PROTOCOLS: Readonly<Record<number, string>> = { 3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5.0" };

/** Its MQTT session: what is stored of it, and what the broker says of it now, which no page waits for. */
export default function SessionPanel({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence.session");
  const words = useTranslations("client.session");
  const reason = useReason();
  const query = useQuery(liveSessionQuery(client.clientId));
  const { presence, lastRefusal } = client;
  const live = query.data?.status === "session" ? query.data : null;
  const address = presence?.peerAddress;
  const isClean = live ? live.cleanSession : client.cleanSession;
  const rows: Row[] = [
    { key: "kind", name: t("kind"), value: t(isClean ? "clean" : "persistent") },
    ...(live?.protocolVersion
      ? [{ key: "protocol", name: words("protocol"), value: PROTOCOLS[live.protocolVersion] ?? live.protocolVersion }]
      : []),
    ...(presence
      ? [
          { key: "began", name: t("began"), value: <Age at={presence.startedAt} plain /> },
          { key: "node", name: t("node"), value: presence.node },
        ]
      : []),
    ...(presence && address
      ? [
          {
            key: "address",
            name: t("address"),
            value: <span className="mono">{presence.peerPort ? `${address}:${presence.peerPort}` : address}</span>,
          },
        ]
      : []),
    ...(presence?.endsAt
      ? [
          {
            key: "token",
            name: words("token"),
            value: <TokenEnds at={presence.endsAt} />,
          },
        ]
      : []),
    { key: "signedIn", name: t("signedIn"), value: <Age at={client.lastSignInAt} plain /> },
    ...(lastRefusal
      ? [
          {
            key: "refused",
            name: t("refused"),
            value: (
              <>
                <Age at={lastRefusal.at} plain />, {reason(lastRefusal.reason)}
              </>
            ),
          },
        ]
      : []),
  ];
  return (
    <Panel
      title={t("title")}
      sub={
        query.isSuccess && query.data.status !== "no_answer" ? (
          <>
            {words("asked")} <Age at={query.dataUpdatedAt} />
          </>
        ) : null
      }
    >
      <Facts rows={rows} />
      <Now live={query.data ?? null} isFailed={query.isError} />
    </Panel>
  );
}

function TokenEnds({ at }: { at: string }) {
  const t = useTranslations("client.session");
  return t.rich("tokenEnds", { ends: () => <Until at={at} /> });
}

/** What only the broker knows, or that it did not say. */
function Now({ live, isFailed }: { live: LiveSession | null; isFailed: boolean }) {
  const t = useTranslations("client.session");
  const format = useFormat();
  if (isFailed || live?.status === "no_answer") return <p className={`${styles.asked} t3`}>{t("noAnswer")}</p>;
  if (live === null) return <p className={`${styles.asked} t3`}>{t("asking")}</p>;
  if (live.status === "no_session") return <p className={`${styles.asked} t3`}>{t("none")}</p>;
  const { subscriptions } = live;
  return (
    <>
      <Facts
        rows={[
          { key: "queued", name: t("queued"), value: format.count(live.queuedMessages) },
          ...(live.waitingAcks === null
            ? []
            : [{ key: "acks", name: t("waitingAcks"), value: format.count(live.waitingAcks) }]),
        ]}
      />
      {subscriptions.length === 0 ? (
        <p className={`${styles.asked} t3`}>{t("noSubscriptions")}</p>
      ) : (
        <ul className={styles.subscriptions} aria-label={t("subscriptions")}>
          {subscriptions.map(({ topicFilter, qos }) => (
            <li key={topicFilter}>
              <span className="mono">{visibleText(topicFilter)}</span> <span className="t3 nw">QoS {qos}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
