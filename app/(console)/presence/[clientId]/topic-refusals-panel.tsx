"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { Panel } from "@/components/ui/panel";
import { knownWord } from "@/i18n/known-word";
import { topicRefusalsQuery } from "@/lib/api-client/client";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./client.module.css";

/** What this client asked for and was refused, and why; nothing where there is nothing. */
export default function TopicRefusalsPanel({ clientId }: { clientId: string }) {
  const t = useTranslations("client.topicRefusals");
  const { data = [] } = useQuery(topicRefusalsQuery(clientId));
  if (data.length === 0) return null;
  return (
    <Panel title={t("title")} sub={t("about")}>
      <ul className={styles.refusals}>
        {data.map((refusal) => (
          <li key={`${refusal.action} ${refusal.topic}`}>
            <span className={`mono ${styles.topic}`}>{visibleText(refusal.topic)}</span>
            <span className="t2">
              {t(`actions.${refusal.action}`)} · {knownWord(t, `reasons.${refusal.reason}`) ?? refusal.reason} ·{" "}
              {t("times", { count: refusal.times })} · <Age at={refusal.lastAt} plain />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
