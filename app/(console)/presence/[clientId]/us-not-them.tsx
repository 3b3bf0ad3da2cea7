"use client";
import { useTranslations } from "next-intl";
import { Notice } from "@/components/ui/notice";
import { useFormat } from "@/components/ui/use-format";
import type { ClientDetail } from "@/lib/presence/schemas";
import styles from "./client.module.css";

/** When the phone is unknown because a node of ours fell silent: says so above everything, with words to say aloud. */
export function UsNotThem({ client }: { client: ClientDetail }) {
  const t = useTranslations("presence.us");
  const format = useFormat();
  const { presence, person } = client;
  if (presence?.state !== "unknown" || presence.nodeState === "up") return null;
  return (
    <div className={styles.banner}>
      <Notice kind="trouble" title={t("title")}>
        {t("about", {
          named: person.firstName ? "yes" : "no",
          name: person.firstName ?? "",
          node: presence.node,
          clock: format.clock(presence.nodeStateSince),
        })}
        <div className={styles.aloud}>
          <span className="t3">{t("say")}</span> {t("words")}
        </div>
      </Notice>
    </div>
  );
}
