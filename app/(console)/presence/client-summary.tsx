"use client";
import { useTranslations } from "next-intl";
import { ButtonLink } from "@/components/ui/button";
import { ClockTime } from "@/components/ui/age";
import { Facts } from "@/components/ui/panel";
import { StatusMark } from "@/components/ui/status-mark";
import type { FoundClient } from "@/lib/presence/search-schemas";
import styles from "./presence.module.css";
import { AppName } from "./result-table";
import { StateSentence } from "./state-sentence";

/** The selected client beside the table on wide screens: its sentence, and the way to its page. */
export function ClientSummary({ client }: { client: FoundClient }) {
  const t = useTranslations("presence");
  const [first = null] =
    client.name
      ?.map((part) => part.text)
      .join("")
      .split(" ") ?? [];
  return (
    <aside className={`panel ${styles.summary}`} aria-label={client.clientId}>
      <div className={styles.say}>
        <StatusMark status={client.state} size={20} />
        <p>
          <StateSentence firstName={first} presence={client} />
        </p>
      </div>
      <Facts
        rows={[
          { key: "client", name: t("columns.client"), value: <span className="mono">{client.clientId}</span> },
          { key: "since", name: t("summary.since"), value: <ClockTime at={client.since} /> },
          { key: "app", name: t("columns.app"), value: <AppName row={client} /> },
          ...(client.deviceModel ? [{ key: "model", name: t("columns.model"), value: client.deviceModel }] : []),
          { key: "session", name: t("filters.session"), value: t(`sessions.${client.session}`) },
          { key: "node", name: t("columns.node"), value: client.node },
        ]}
      />
      <div className="body">
        <ButtonLink kind="primary" href={`/presence/${client.clientId}`} className={styles.wide}>
          {t("summary.openClient")}
        </ButtonLink>
      </div>
    </aside>
  );
}
