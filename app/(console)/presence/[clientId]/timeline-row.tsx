"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { ClockTime } from "@/components/ui/age";
import { Icon } from "@/components/ui/icon";
import { StatusMark } from "@/components/ui/status-mark";
import { Unbroken } from "@/components/ui/unbroken";
import { useFormat } from "@/components/ui/use-format";
import type { OurFault, TimelineEntry } from "@/lib/timeline/schemas";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./client.module.css";
import { useReason } from "./use-reason";

interface Words {
  mark: ReactNode;
  what: ReactNode;
  detail: ReactNode;
  source: ReactNode;
  /** Caused by us, not by the phone. */
  isOurs?: boolean;
}

/** One thing that happened: when, what, its detail, and who told. */
export function TimelineRow({ entry }: { entry: TimelineEntry }) {
  const words = useWords(entry);
  return (
    <li className={words.isOurs ? `${styles.entry} ${styles.ours}` : styles.entry}>
      <span className={styles.time}>
        <ClockTime at={entry.at} />
      </span>
      <span className={styles.mark}>{words.mark}</span>
      <span className={styles.what}>
        <Unbroken>{words.what}</Unbroken>{" "}
        <span className="t3">
          <Unbroken>{words.detail}</Unbroken>
        </span>
      </span>
      <span className={styles.source}>{words.source}</span>
    </li>
  );
}

function useWords(entry: TimelineEntry): Words {
  const t = useTranslations("presence.timeline");
  const client = useTranslations("client.timeline");
  const ended = useTranslations("client.ended");
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
    case "ended":
      return endedWords(entry, { t, client, ended, format });
    case "refused":
      return {
        mark: <Icon name="block" />,
        what: entry.reason === "unfinished" ? client("unfinished") : t("refused"),
        detail: t("refusedAbout", { reason: reason(entry.reason), node: entry.node }),
        source: t("broker"),
      };
    case "incident":
      return incidentWords(entry.fault, { client, format });
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
    case "pinged":
      return {
        mark: <Icon name="phone" />,
        what: client("pinged"),
        detail: entry.answered
          ? client("pong", { duration: format.duration(entry.roundTripMs ?? 0) })
          : client("silent"),
        source: entry.by,
      };
    case "disconnected":
      return {
        mark: <Icon name="plug" />,
        what: client("disconnected"),
        detail: `${isOutcome(entry.outcome) ? client(`disconnectedAbout.${entry.outcome}`) : entry.outcome}${whyOf(entry.why, client)}`,
        source: entry.by,
      };
    case "blocked":
      return {
        mark: <Icon name="block" />,
        what: client("blocked"),
        detail: `${entry.until ? client("blockedUntil", { until: format.exact(entry.until) }) : client("blockedOpen")}${whyOf(entry.why, client)}`,
        source: entry.by,
      };
    case "unblocked":
      return {
        mark: <Icon name="check" />,
        what: client("unblocked"),
        detail: whyOf(entry.why, client),
        source: entry.by,
      };
    case "deviceChanged": {
      const isOther = entry.deviceModel !== entry.oldDeviceModel;
      return {
        mark: <Icon name="phone" />,
        what: client(isOther ? "deviceChanged" : "appChanged"),
        detail: client("fromTo", {
          old: (isOther ? entry.oldDeviceModel : entry.oldAppVersion) ?? "–",
          now: (isOther ? entry.deviceModel : entry.appVersion) ?? "–",
        }),
        source: t("broker"),
      };
    }
    case "note":
      return {
        mark: <Icon name="note" />,
        what: client("why", { why: entry.text }),
        detail: entry.by,
        source: client("note"),
      };
    case "message":
      return {
        mark: <Icon name="publish" />,
        what: (
          <>
            {t("message")} <span className="mono">{visibleText(entry.topicName)}</span>
          </>
        ),
        detail: t(`messageState.${entry.state}`, {
          qos: entry.qos,
          duration: format.duration(entry.acknowledgedAfterMs ?? 0),
        }),
        source: entry.by,
      };
    case "logMoved":
      return {
        mark: <Icon name="log" />,
        what: t("logMoved"),
        detail: t(`logState.${entry.state}`),
        source: (
          <Link className="link" href={`/diagnostics/${entry.logRequestId}`}>
            {t(entry.state === "ready" ? "openLog" : "openRequest")}
          </Link>
        ),
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

type ClientWords = ReturnType<typeof useTranslations<"client.timeline">>;
type Format = ReturnType<typeof useFormat>;
type Of<W extends TimelineEntry["what"]> = Extract<TimelineEntry, { what: W }>;

function endedWords(
  entry: Of<"ended">,
  {
    t,
    client,
    ended,
    format,
  }: {
    t: ReturnType<typeof useTranslations<"presence.timeline">>;
    client: ClientWords;
    ended: ReturnType<typeof useTranslations<"client.ended">>;
    format: Format;
  },
): Words {
  const lasted = t("lasted", { duration: format.duration(entry.lastedMs), node: entry.node });
  const why = entry.ours
    ? faultWords(entry.ours, client)
    : entry.reason === null
      ? // The broker never tells a client that left from a connection that was lost.
        t("whyEnded")
      : entry.reason === "taken_over"
        ? ""
        : ended(entry.reason, { by: entry.endedBy ?? ended("somebody") });
  return {
    mark:
      entry.ending === "taken_over" ? (
        <Icon name="takeover" />
      ) : (
        <StatusMark status={entry.ending === "queued" ? "offline_queued" : "offline_gone"} />
      ),
    what: t(`ended.${entry.ending}`),
    detail: [lasted, entry.ending === "taken_over" ? "" : t(`kept.${entry.ending}`), why].filter(Boolean).join("; "),
    source: t("broker"),
    isOurs: entry.ours !== null || entry.reason === "node_lost",
  };
}

function incidentWords(fault: OurFault, { client, format }: { client: ClientWords; format: Format }): Words {
  const mark = <StatusMark status="trouble" />;
  const detail = client("incident.about");
  const source = client("us");
  if (fault.kind === "wave")
    return { mark, what: client("incident.wave"), detail: faultWords(fault, client), source, isOurs: true };
  const what =
    fault.kind === "node_lost" && fault.until
      ? client("incident.node_lostUntil", {
          node: fault.node,
          duration: format.duration(Date.parse(fault.until) - Date.parse(fault.at)),
        })
      : client(`incident.${fault.kind}`, { node: fault.node });
  return { mark, what, detail, source, isOurs: true };
}

const faultWords = (fault: OurFault, client: ClientWords): string =>
  fault.kind === "wave"
    ? client("ours.wave", { endings: fault.endings, where: fault.node ? "node" : "everywhere", node: fault.node ?? "" })
    : client(`ours.${fault.kind}`, { node: fault.node });

const OUTCOMES = ["offline", "back", "not_confirmed", "was_offline"] as const;
const isOutcome = (outcome: string): outcome is (typeof OUTCOMES)[number] =>
  (OUTCOMES as readonly string[]).includes(outcome);

const whyOf = (why: string | null, client: ClientWords): string => (why ? ` ${client("why", { why })}` : "");
