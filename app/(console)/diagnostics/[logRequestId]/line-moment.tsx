"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Awaited } from "@/components/ui/awaited";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import { momentQuery } from "@/lib/api-client/logs";
import type { PresenceThen } from "@/lib/diagnostics/read-moment";
import styles from "./log.module.css";

/** What our record says of the phone at the time of a line, and its other logs of that day. */
export function LineMoment({ logRequestId, lineAt }: { logRequestId: string; lineAt: string }) {
  const t = useTranslations("log.moment");
  const format = useFormat();
  const at = useDayAndClock();
  const query = useQuery(momentQuery(logRequestId, lineAt));
  return (
    <section className={styles.moment} aria-label={t("title")}>
      <h3>{t("title")}</h3>
      {query.data ? (
        <>
          <Then presence={query.data.presence} />
          {query.data.logs.map((log) => (
            <p key={log.id}>
              <Link className={`link ${styles.quiet}`} href={`/diagnostics/${log.id}`}>
                {t("otherLog", { from: at(log.firstCallAt), to: at(log.lastCallAt) })}
              </Link>{" "}
              <span className="t3">
                {t("calls", {
                  count: log.calls,
                  shown: format.count(log.calls),
                  failed: format.count(log.failedCalls),
                })}
              </span>
            </p>
          ))}
        </>
      ) : (
        <Awaited query={query} failed={t("failed")} rows={1} />
      )}
    </section>
  );
}

function Then({ presence }: { presence: PresenceThen }) {
  const t = useTranslations("log.moment");
  const at = useDayAndClock();
  switch (presence.status) {
    case "online":
      return (
        <p className={styles.then}>
          <StatusMark status="online" />
          {t(presence.until ? "online" : "stillOnline", {
            since: at(presence.since),
            until: presence.until ? at(presence.until) : "",
            node: presence.node,
          })}
        </p>
      );
    case "offline":
      return (
        <p className={styles.then}>
          <StatusMark status="offline_gone" />
          {t(presence.until ? "offline" : "stillOffline", {
            since: at(presence.since),
            until: presence.until ? at(presence.until) : "",
          })}
        </p>
      );
    case "unknown":
      return (
        <p className={styles.then}>
          <StatusMark status="unknown" />
          {t("unknown")}
        </p>
      );
  }
}

/** An instant's day and clock time: a session may have begun days before. */
function useDayAndClock(): (instant: string) => string {
  const format = useFormat();
  return (instant) => `${format.shortDay(instant)} ${format.clock(instant)}`;
}
