"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Age } from "@/components/ui/age";
import { useNow } from "@/components/ui/clock";
import { Panel } from "@/components/ui/panel";
import { alertsQuery } from "@/lib/api-client/alert-desk";
import { AlertRow } from "../alerts/alert-row";
import styles from "./overview.module.css";

const MOST_ROWS = 5;
// Evaluated every 5 s and asked for every 10 s: older than this, nobody evaluates.
const EVALUATED_MS = 30_000;

/** The gravest alerts that ask for somebody; nothing for who may not see them, as nothing is asked for them. */
export function AlertsPanel({ may }: { may: { read: boolean; manage: boolean } }) {
  const t = useTranslations("alerts.panel");
  const { data: list } = useQuery({ ...alertsQuery("open"), enabled: may.read });
  if (!list) return null;
  const asking = list.alerts.filter((alert) => alert.snoozedUntil === null);
  return (
    <Panel
      title={t("title")}
      sub={asking.length > 0 ? asking.length : null}
      actions={
        <Link className="link" href={asking.length > 0 ? "/alerts" : "/alerts?tab=rules"}>
          {asking.length > MOST_ROWS ? t("all") : t("rules", { count: list.rulesEnabled })}
        </Link>
      }
    >
      {asking.length === 0 ? (
        <None evaluatedAt={list.evaluatedAt} />
      ) : (
        <ul className={styles.alerts}>
          {asking.slice(0, MOST_ROWS).map((alert) => (
            <AlertRow key={alert.id} alert={alert} mayManage={may.manage} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** That none is open is said only while somebody evaluates the rules. */
function None({ evaluatedAt }: { evaluatedAt: string | null }) {
  const t = useTranslations("alerts");
  const now = useNow();
  if (evaluatedAt === null) return <p className={styles.logsNone}>{t("answer.never")}</p>;
  const age = <Age at={evaluatedAt} plain />;
  const isBlind = now - Date.parse(evaluatedAt) > EVALUATED_MS;
  return <p className={styles.logsNone}>{isBlind ? t.rich("answer.blind", { age: () => age }) : t("panel.none")}</p>;
}
