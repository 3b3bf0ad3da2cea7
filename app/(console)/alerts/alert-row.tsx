"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { lazy, Suspense } from "react";
import { Age } from "@/components/ui/age";
import { StatusMark, type Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { Unbroken } from "@/components/ui/unbroken";
import type { AlertItem } from "@/lib/alerts/schemas";
import styles from "./alerts.module.css";
import { useAlertWords } from "./use-alert-words";

// A calm day needs none.
const AlertActions = lazy(() => import("./alert-actions"));

/** Unproven now is a diamond, over is hollow. */
export function markOf({ status, firings }: Pick<AlertItem, "status" | "firings">): Status {
  if (status === "resolved") return "offline_gone";
  return firings.some(({ noDataSince }) => noDataSince === null) ? "trouble" : "unknown";
}

/** One alert: what is wrong first, then since when, what it says now and who has it. */
export function AlertRow({ alert, mayManage }: { alert: AlertItem; mayManage: boolean }) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  return (
    <li className={styles.row} data-alert={alert.id}>
      <StatusMark status={markOf(alert)} label={t(`status.${alert.status}`)} />
      <div className={styles.body}>
        <div className={styles.head}>
          <Link className={styles.says} href={`/alerts/${alert.id}`}>
            <Unbroken>{words.says(alert)}</Unbroken>
          </Link>
          <span className={alert.severity === "page" && alert.status !== "resolved" ? "tag acc" : "tag"}>
            {t(`severity.${alert.severity}`)}
          </span>
          {alert.isFlapping ? <span className="tag line">{t("row.flapping")}</span> : null}
        </div>
        <Facts alert={alert} />
        {alert.note && alert.status !== "resolved" ? <p className={styles.note}>“{alert.note}”</p> : null}
      </div>
      {mayManage && alert.status !== "resolved" ? (
        <Suspense fallback={<div className={styles.acts} />}>
          <AlertActions alert={alert} />
        </Suspense>
      ) : null}
    </li>
  );
}

function Facts({ alert }: { alert: AlertItem }) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  const format = useFormat();
  const [lead, ...symptoms] = alert.firings;
  const now = lead ? words.now(lead) : null;
  if (alert.resolvedAt !== null)
    return (
      <p className={styles.facts}>
        <span>{t("row.ended", { clock: words.clock(alert.resolvedAt) })}</span>
        <span>
          {t("row.lasted", { duration: format.duration(Date.parse(alert.resolvedAt) - Date.parse(alert.openedAt)) })}
        </span>
        {alert.resolution ? <span>{t(`resolution.${alert.resolution}`)}</span> : null}
        {alert.ownerName ? <span>{alert.ownerName}</span> : null}
      </p>
    );
  return (
    <p className={styles.facts}>
      <span>
        {t("row.since", { clock: words.clock(alert.openedAt) })}, <Age at={alert.openedAt} />
      </span>
      {now ? <span>{now}</span> : null}
      {symptoms.length > 0 ? <span>{t("row.more", { count: symptoms.length })}</span> : null}
      <span>{alert.ownerName ? t("row.owner", { name: alert.ownerName }) : t("row.nobody")}</span>
      {alert.snoozedUntil ? <span>{t("row.snoozed", { clock: words.clock(alert.snoozedUntil) })}</span> : null}
    </p>
  );
}
