"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense } from "react";
import { Age } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { ButtonLink } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Facts, Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import type { AlertDetail } from "@/lib/alerts/schemas";
import { alertQuery } from "@/lib/api-client/alert-desk";
import AlertActions from "../alert-actions";
import { markOf } from "../alert-row";
import styles from "../alerts.module.css";
import { NoticeLine } from "../notice-line";
import { useAlertWords } from "../use-alert-words";
import { AlertHistory } from "./alert-history";

const AlertChart = lazy(() => import("./alert-chart"));

const BEFORE_MS = 30 * 60_000;
const AFTER_MS = 15 * 60_000;

/** One alert: what is wrong and since when, what its rule saw, what to do, what happened, who was told. */
export function AlertScreen({ alertId, mayManage }: { alertId: string; mayManage: boolean }) {
  const t = useTranslations("alerts");
  const { data, error, refetch } = useQuery(alertQuery(alertId));
  if (!data)
    return error ? (
      <ErrorState title={t("failed")} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    ) : null;
  return (
    <>
      <Head alert={data} mayManage={mayManage} />
      <div className={styles.columns}>
        <div className="stack">
          <Panel title={t("one.chart")} actions={<ToCluster alert={data} />}>
            <Suspense fallback={<SkeletonRows rows={6} label={t("one.chart")} />}>
              <AlertChart alertId={alertId} />
            </Suspense>
          </Panel>
          <Runbook alert={data} />
          <Panel title={t("one.history")}>
            <AlertHistory changes={data.changes} unit={data.unit} />
          </Panel>
        </div>
        <div className="stack">
          <Details alert={data} />
          {data.firings.length > 1 ? <Inside alert={data} /> : null}
          <Panel title={t("one.notices")} body>
            {data.notices.length === 0 ? <p className="t2">{t("one.noNotices")}</p> : null}
            {data.notices.map((notice) => (
              <NoticeLine key={notice.id} notice={notice} hasChannel />
            ))}
          </Panel>
        </div>
      </div>
    </>
  );
}

function Head({ alert, mayManage }: { alert: AlertDetail; mayManage: boolean }) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  const format = useFormat();
  const says = words.says(alert);
  const [lead] = alert.firings;
  const now = lead ? words.now(lead) : null;
  return (
    <Answer
      status={markOf(alert)}
      actions={mayManage && alert.status !== "resolved" ? <AlertActions alert={alert} isMain /> : null}
      proofs={
        <>
          <span className="proof">{t(`severityAbout.${alert.severity}`)}</span>
          {now ? <span className="proof">{now}</span> : null}
          {alert.status === "resolved" ? null : (
            <span className="proof">
              {alert.ownerName ? t("row.owner", { name: alert.ownerName }) : t("row.nobody")}
            </span>
          )}
          {alert.snoozedUntil ? (
            <span className="proof">{t("row.snoozed", { clock: words.clock(alert.snoozedUntil) })}</span>
          ) : null}
          {alert.isFlapping ? <span className="proof">{t("row.flapping")}</span> : null}
        </>
      }
    >
      {alert.resolvedAt
        ? t("one.resolved", {
            says,
            clock: words.clock(alert.resolvedAt),
            duration: format.duration(Date.parse(alert.resolvedAt) - Date.parse(alert.openedAt)),
          })
        : t("one.open", { says, clock: words.clock(alert.openedAt) })}
    </Answer>
  );
}

function ToCluster({ alert }: { alert: AlertDetail }) {
  const t = useTranslations("alerts.one");
  const opened = Date.parse(alert.openedAt);
  const ended = alert.resolvedAt ? Date.parse(alert.resolvedAt) : opened;
  const from = new Date(opened - BEFORE_MS).toISOString();
  const to = new Date(ended + AFTER_MS).toISOString();
  return (
    <ButtonLink size="small" icon="cluster" href={`/cluster?from=${from}&to=${to}`}>
      {t("toCluster")}
    </ButtonLink>
  );
}

function Runbook({ alert }: { alert: AlertDetail }) {
  const t = useTranslations("alerts.one");
  const words = useAlertWords();
  const runbook = words.runbookOf(alert.ruleId, alert.runbook);
  return (
    <Panel title={t("runbook")}>
      <p className={styles.runbook}>{runbook || t("noRunbook")}</p>
    </Panel>
  );
}

function Details({ alert }: { alert: AlertDetail }) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  const rows = [
    { key: "rule", name: t("one.rule"), value: words.nameOf(alert.ruleId, alert.ruleName) },
    { key: "opened", name: t("one.openedAt"), value: <Age at={alert.openedAt} /> },
    ...(alert.resolvedAt ? [{ key: "ended", name: t("one.endedAt"), value: <Age at={alert.resolvedAt} /> }] : []),
    ...(alert.ownerName ? [{ key: "owner", name: t("one.owner"), value: alert.ownerName }] : []),
  ];
  return (
    <Panel title={t(`status.${alert.status}`)}>
      <Facts rows={rows} />
      {alert.text ? (
        <footer>
          <code className={styles.code}>{alert.text}</code>
        </footer>
      ) : null}
    </Panel>
  );
}

function Inside({ alert }: { alert: AlertDetail }) {
  const t = useTranslations("alerts");
  const words = useAlertWords();
  return (
    <Panel title={t("one.inside")} sub={alert.firings.length}>
      <ul className={styles.inside}>
        {alert.firings.map((firing) => (
          <li key={`${firing.ruleId}${firing.label}`}>
            {words.says({ ruleId: firing.ruleId, ruleName: firing.ruleName, label: firing.label })}
            <small>
              {t("row.since", { clock: words.clock(firing.since) })}
              {words.now(firing) ? ` · ${words.now(firing)}` : null}
            </small>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
