"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { ClockTime } from "@/components/ui/age";
import { Icon } from "@/components/ui/icon";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { TimelineEntry } from "@/lib/timeline/schemas";
import styles from "./client.module.css";
import { useReason } from "./use-reason";

interface Words {
  mark: ReactNode;
  what: ReactNode;
  detail: ReactNode;
  source: ReactNode;
}

/** One thing that happened: when, what, its detail, and who told. */
export function TimelineRow({ entry }: { entry: TimelineEntry }) {
  const words = useWords(entry);
  return (
    <li className={styles.entry}>
      <span className={styles.time}>
        <ClockTime at={entry.at} />
      </span>
      <span className={styles.mark}>{words.mark}</span>
      <span className={styles.what}>
        {words.what} <span className="t3">{words.detail}</span>
      </span>
      <span className={styles.source}>{words.source}</span>
    </li>
  );
}

function useWords(entry: TimelineEntry): Words {
  const t = useTranslations("presence.timeline");
  const format = useFormat();
  const reason = useReason();
  switch (entry.what) {
    case "connected":
      return {
        mark: <StatusMark status="online" />,
        what: t("connected", { node: entry.node }),
        detail: entry.peerAddress ? t("from", { address: entry.peerAddress }) : null,
        source: t("broker"),
      };
    case "ended": {
      const lasted = t("lasted", { duration: format.duration(entry.lastedMs), node: entry.node });
      return {
        mark:
          entry.ending === "taken_over" ? (
            <Icon name="takeover" />
          ) : (
            <StatusMark status={entry.ending === "queued" ? "offline_queued" : "offline_gone"} />
          ),
        what: t(`ended.${entry.ending}`),
        // The broker never tells a client that left from a connection that was lost.
        detail: entry.ending === "taken_over" ? lasted : `${lasted}; ${t("whyEnded")}`,
        source: t("broker"),
      };
    }
    case "refused":
      return {
        mark: <Icon name="block" />,
        what: t("refused"),
        detail: t("refusedAbout", { reason: reason(entry.reason), node: entry.node }),
        source: t("broker"),
      };
    case "verified":
      return {
        mark: <Icon name="again" />,
        what: t("verified"),
        detail: t(`verifiedAbout.${entry.outcome}`, { state: entry.state ?? "none" }),
        source: entry.by,
      };
    case "corrected":
      return {
        mark: <StatusMark status={entry.state ?? "unknown"} />,
        what: t("corrected", { state: entry.state ?? "none" }),
        detail: t(`correctedWhy.${entry.why}`),
        source: t("liveconnect"),
      };
    case "message":
      return {
        mark: <Icon name="publish" />,
        what: (
          <>
            {t("message")} <span className="mono">{entry.topicName}</span>
          </>
        ),
        detail: t(`messageState.${entry.state}`, {
          qos: entry.qos,
          duration: format.duration(entry.acknowledgedAfterMs ?? 0),
        }),
        source: entry.by,
      };
    case "logRequested": {
      const calls =
        entry.calls === null
          ? ""
          : `, ${t("calls", { calls: format.count(entry.calls), failed: format.count(entry.failedCalls ?? 0) })}`;
      return {
        mark: <Icon name="log" />,
        what: t("logRequested"),
        detail: `${t(`logState.${entry.state}`)}${calls} · ${entry.by}`,
        source: (
          <Link className="link" href={`/diagnostics/${entry.logRequestId}`}>
            {t(entry.state === "ready" ? "openLog" : "openRequest")}
          </Link>
        ),
      };
    }
  }
}
