"use client";

import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { ClusterIncident } from "@/lib/timeline/list-incidents";
import { useAlertWords } from "../../alerts/use-alert-words";
import styles from "./incident-lane.module.css";

/** What befell the cluster on the axis of a log, and the alerts of it: each a stretch, and in words under it, which choose its time. */
export function IncidentLane({
  incidents,
  fromMs,
  toMs,
  onPick,
}: {
  incidents: readonly ClusterIncident[];
  fromMs: number;
  toMs: number;
  onPick: (stretch: { from: Date; to: Date }) => void;
}) {
  const t = useTranslations("log.incident");
  const words = useIncidentWords();
  if (incidents.length === 0) return <p className="t3">{t("none")}</p>;
  const share = (ms: number): number => (Math.min(toMs, Math.max(fromMs, ms)) - fromMs) / (toMs - fromMs);
  const stretchOf = ({ from, until }: ClusterIncident) => ({
    from: new Date(Math.max(fromMs, Date.parse(from))),
    to: new Date(until === null ? toMs : Math.min(toMs, Date.parse(until) + 1)),
  });
  return (
    <>
      <div className={styles.lane} aria-hidden="true">
        {incidents.map((incident) => {
          const [start, end] = [
            share(Date.parse(incident.from)),
            incident.until === null ? 1 : share(Date.parse(incident.until)),
          ];
          return (
            <i
              key={keyOf(incident)}
              className={styles.stretch}
              data-kind={incident.kind}
              title={words(incident)}
              style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }}
            />
          );
        })}
      </div>
      <ul className={styles.words}>
        {incidents.map((incident) => (
          <li key={keyOf(incident)}>
            <i className={styles.key} data-kind={incident.kind} aria-hidden="true" />
            <span>{words(incident)}</span>{" "}
            <button type="button" className={`link ${styles.show}`} onClick={() => onPick(stretchOf(incident))}>
              {t("show")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

const keyOf = (incident: ClusterIncident): string =>
  incident.kind === "alert" ? incident.alertId : `${incident.kind} ${incident.node ?? ""} ${incident.from}`;

function useIncidentWords(): (incident: ClusterIncident) => string {
  const t = useTranslations("log.incident");
  const format = useFormat();
  const alertWords = useAlertWords();
  return (incident) => {
    const { from, until } = incident;
    const at = format.clock(from);
    const length = until === null ? t("stillOn") : format.duration(Date.parse(until) - Date.parse(from));
    switch (incident.kind) {
      case "alert":
        return t("alert", { at, length, says: alertWords.says(incident) });
      case "lost":
        return t("lost", { at, length, node: incident.node });
      case "restarted":
        return t("restarted", { at, node: incident.node });
      case "split":
        return t("split", { at, length, node: incident.node, others: incident.awayFrom.join(", ") });
      case "wave":
        return t(incident.node === null ? "waveEverywhere" : "wave", {
          at,
          length,
          node: incident.node ?? "",
          count: format.count(incident.endings),
          usual: format.count(incident.usual),
        });
    }
  };
}
