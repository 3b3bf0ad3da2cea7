"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age, Since } from "@/components/ui/age";
import { CopyText } from "@/components/ui/copy-text";
import { Facts, Panel } from "@/components/ui/panel";
import { StatusMark, useStatusWord } from "@/components/ui/status-mark";
import type { ClientDetail } from "@/lib/presence/schemas";
import styles from "./client.module.css";
import { useReason } from "./use-reason";

type Row = { key: string; name: string; value: React.ReactNode };

/** Whose phone it is, masked, and their other clients. */
export function PersonPanel({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence.person");
  const words = useTranslations("components");
  const word = useStatusWord();
  const { person } = client;
  return (
    <Panel title={t("title")} sub={t("sub")}>
      <Facts
        rows={[
          { key: "name", name: t("name"), value: person.name ?? words("notKnown") },
          { key: "phone", name: t("phone"), value: person.phoneNumber ?? words("notKnown") },
          {
            key: "id",
            name: t("id"),
            value: person.personId ? <span className="mono masked">{person.personId}</span> : t("notYet"),
          },
          {
            key: "others",
            name: t("others"),
            value:
              person.otherClients.length === 0
                ? t("none")
                : person.otherClients.map((other) => (
                    <span className={styles.other} key={other.clientId}>
                      <StatusMark status={other.state} size={14} label={word(other.state)} />
                      <Link className="link mono" href={`/presence/${other.clientId}`}>
                        {other.clientId}
                      </Link>
                    </span>
                  )),
          },
        ]}
      />
    </Panel>
  );
}

/** What is known of its MQTT session. */
export function SessionPanel({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence.session");
  const reason = useReason();
  const { presence, lastRefusal } = client;
  const address = presence?.peerAddress;
  const rows: Row[] = [
    { key: "kind", name: t("kind"), value: t(client.cleanSession ? "clean" : "persistent") },
    ...(presence
      ? [
          { key: "began", name: t("began"), value: <Age at={presence.startedAt} plain /> },
          { key: "node", name: t("node"), value: presence.node },
        ]
      : []),
    ...(address
      ? [
          {
            key: "address",
            name: t("address"),
            value: <span className="mono">{presence.peerPort ? `${address}:${presence.peerPort}` : address}</span>,
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
    <Panel title={t("title")} {...(presence ? { sub: <Age at={presence.proofAt} /> } : {})}>
      <Facts rows={rows} />
    </Panel>
  );
}

/** The phone and its app, as its token said. */
export function DevicePanel({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence.device");
  const words = useTranslations("components");
  const platforms = useTranslations("presence.platform");
  const { platform } = client;
  return (
    <Panel title={t("title")} actions={<CopyText text={client.clientId} />}>
      <Facts
        rows={[
          { key: "model", name: t("model"), value: client.deviceModel ?? words("notKnown") },
          {
            key: "platform",
            name: t("platform"),
            value: platform === "android" || platform === "ios" ? platforms(platform) : (platform ?? words("notKnown")),
          },
          { key: "app", name: t("app"), value: client.appVersion ?? words("notKnown") },
          { key: "known", name: t("known"), value: <Since at={client.firstSeenAt} /> },
        ]}
      />
    </Panel>
  );
}
