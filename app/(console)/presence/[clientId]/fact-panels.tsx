"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Since } from "@/components/ui/age";
import { CopyText } from "@/components/ui/copy-text";
import { Facts, Panel } from "@/components/ui/panel";
import { StatusMark, useStatusWord } from "@/components/ui/status-mark";
import type { ClientDetail } from "@/lib/presence/schemas";
import styles from "./client.module.css";

/** Whose phone it is, masked, how they are reachable at all, and their other clients. */
export function PersonPanel({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence.person");
  const words = useTranslations("components");
  const own = useTranslations("client.person");
  const word = useStatusWord();
  const { person } = client;
  return (
    <Panel title={t("title")} sub={t(person.isMasked ? "sub" : "whole")}>
      <Facts
        rows={[
          { key: "name", name: t("name"), value: person.name ?? words("notKnown") },
          { key: "phone", name: t("phone"), value: person.phoneNumber ?? words("notKnown") },
          {
            key: "id",
            name: t("id"),
            value: person.personId ? (
              <span className={person.isMasked ? "mono masked" : "mono"}>{person.personId}</span>
            ) : (
              t("notYet")
            ),
          },
          ...(person.state && person.otherClients.length > 0
            ? [
                {
                  key: "state",
                  name: own("state"),
                  value: (
                    <span className={styles.other}>
                      <StatusMark status={person.state} size={14} />
                      {word(person.state)}
                    </span>
                  ),
                },
              ]
            : []),
          {
            key: "others",
            name: t("others"),
            value: person.otherClients.length === 0 ? t("none") : <Others client={client} />,
          },
        ]}
      />
    </Panel>
  );
}

function Others({ client }: { client: ClientDetail }) {
  const t = useTranslations("client.person");
  const word = useStatusWord();
  const { otherClients, othersLeftOut } = client.person;
  return (
    <>
      {otherClients.map((other) => (
        <span className={styles.otherClient} key={other.clientId}>
          <span className={styles.other}>
            <StatusMark
              status={other.state ?? "unknown"}
              size={14}
              label={other.state ? word(other.state) : t("never")}
            />
            <Link className="link mono" href={`/presence/${other.clientId}`}>
              {other.clientId}
            </Link>
          </span>
          <span className="t3">
            {other.deviceModel}
            {other.since ? (
              <>
                {other.deviceModel ? ", " : ""}
                <Since at={other.since} />
              </>
            ) : null}
          </span>
        </span>
      ))}
      {othersLeftOut > 0 ? <span className="t3">{t("more", { count: othersLeftOut })}</span> : null}
    </>
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
