"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import { nextOnlineQuery } from "@/lib/api-client/client";
import type { UsualHours } from "@/lib/presence/schemas";
import styles from "./client.module.css";
import { useNextWords } from "./next-online";

/** The hours of a day it usually is online, and how many days that is known from. */
export default function UsualPanel({ clientId }: { clientId: string }) {
  const t = useTranslations("client.usual");
  const format = useFormat();
  const words = useNextWords();
  const query = useQuery(nextOnlineQuery(clientId, format.timeZone));
  if (query.isError) return null;
  const { usual, next } = query.data ?? {};
  const said = next ? words(next) : null;
  return (
    <Panel title={t("title")} {...(usual && usual.days > 0 ? { sub: t(daysWord(usual), { days: usual.days }) } : {})}>
      <div className={styles.usual}>
        {usual ? (
          usual.days > 0 ? (
            <Hours usual={usual} />
          ) : said ? null : (
            <p className="t3">{t("none")}</p>
          )
        ) : (
          <Skeleton width="100%" height={44} />
        )}
        {said ? <p className="t2">{said}</p> : null}
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
