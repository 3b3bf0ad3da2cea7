"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Icon } from "@/components/ui/icon";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import { nextOnlineQuery } from "@/lib/api-client/client";
import type { NextOnline, UsualHours } from "@/lib/presence/schemas";
import styles from "./client.module.css";

/** When it will be back, by its own habit, as one proof of the answer; nothing while it is online. */
export function NextOnlineProof({ clientId }: { clientId: string }) {
  const format = useFormat();
  const words = useNextWords();
  const { data } = useQuery(nextOnlineQuery(clientId, format.timeZone));
  const said = data && words(data.next);
  return said ? (
    <span className="proof">
      <Icon name="clock" size={14} />
      <span>{said}</span>
    </span>
  ) : null;
}

/** The hours of a day it usually is online, and how many days that is known from. */
export function UsualPanel({ clientId }: { clientId: string }) {
  const t = useTranslations("client.usual");
  const format = useFormat();
  const query = useQuery(nextOnlineQuery(clientId, format.timeZone));
  if (query.isError) return null;
  const usual = query.data?.usual;
  return (
    <Panel title={t("title")} {...(usual ? { sub: t(daysWord(usual), { days: usual.days }) } : {})}>
      <div className={styles.usual}>
        {usual ? (
          usual.days === 0 ? (
            <p className="t3">{t("none")}</p>
          ) : (
            <Hours usual={usual} />
          )
        ) : (
          <Skeleton width="100%" height={44} />
        )}
      </div>
    </Panel>
  );
}

const daysWord = ({ isWeekend }: UsualHours) =>
  isWeekend === null ? "of" : isWeekend ? ("ofWeekends" as const) : ("ofWeekdays" as const);

function Hours({ usual }: { usual: UsualHours }) {
  const t = useTranslations("client.usual");
  return (
    <>
      <ol className={styles.hours}>
        {usual.hours.map((share, hour) => {
          const said = t("hour", { hour: `${hour}`.padStart(2, "0"), percent: Math.round(share * 100) });
          return (
            // The hour is the row's identity, and never changes its place.
            <li key={said.slice(0, 2) + String(hour)} title={said}>
              <i style={{ height: `${share * 100}%` }} />
              <span className="vh">{said}</span>
            </li>
          );
        })}
      </ol>
      <div className={styles.hourAxis} aria-hidden="true">
        {["00", "06", "12", "18", "24"].map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </div>
    </>
  );
}

function useNextWords(): (next: NextOnline) => string | null {
  const t = useTranslations("client.next");
  const format = useFormat();
  return (next) => {
    switch (next.status) {
      case "online":
        return null;
      case "too_little":
        return t("tooLittle", { days: next.days });
      case "no_pattern":
        return t("noPattern", { cameBack: next.cameBack, days: next.days });
      case "estimated":
        return t("estimated", {
          usually: format.clock(next.usually, "minute"),
          from: format.clock(next.from, "minute"),
          to: format.clock(next.to, "minute"),
          within: next.within,
          days: next.days,
        });
    }
  };
}
