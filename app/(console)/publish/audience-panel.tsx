"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { StatusWord, type Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { Audience } from "@/lib/access/schemas";
import { audienceQuery } from "@/lib/api-client/publish";
import styles from "./publish.module.css";

/** Who would get it, before it is sent: what the broker says of each client while they are few, else what is known of all. */
export function AudiencePanel({ topicName }: { topicName: string | null }) {
  const t = useTranslations("publish");
  const query = useQuery({ ...audienceQuery(topicName ?? ""), enabled: topicName !== null });
  const audience = topicName === null ? undefined : query.data;
  return (
    <section className="field" aria-label={t("audience.label")}>
      <span className="lab">{t("audience.label")}</span>
      <div className={styles.audience} aria-live="polite" aria-busy={query.isFetching}>
        {cellsOf(audience).map(({ word, status, count }) => (
          <div key={word}>
            <Count value={count} />
            <StatusWord status={status} size={14}>
              {t(`audience.${word}`)}
            </StatusWord>
          </div>
        ))}
      </div>
      <p className="help">
        {query.error && topicName !== null ? (
          <>
            {query.error.message}{" "}
            <Button kind="ghost" size="small" onClick={() => void query.refetch()}>
              {t("audience.again")}
            </Button>
          </>
        ) : audience ? (
          <How audience={audience} />
        ) : (
          t("audience.waiting")
        )}
      </p>
    </section>
  );
}

interface Cell {
  word: "now" | "queued" | "mayNow" | "mayLater" | "unknown";
  status: Status;
  count: number | null;
}

function cellsOf(audience: Audience | undefined): Cell[] {
  if (audience?.asked === null) {
    const { online, offline_queued, unknown } = audience.states;
    return [
      { word: "mayNow", status: "online", count: online },
      { word: "mayLater", status: "offline_queued", count: offline_queued },
      { word: "unknown", status: "unknown", count: unknown },
    ];
  }
  return [
    { word: "now", status: "online", count: audience?.asked.subscribedNow ?? null },
    { word: "queued", status: "offline_queued", count: audience?.asked.wouldQueue ?? null },
    { word: "unknown", status: "unknown", count: audience?.asked.noAnswer ?? null },
  ];
}

function Count({ value }: { value: number | null }) {
  const format = useFormat();
  return <b>{value === null ? "–" : format.count(value)}</b>;
}

/** Where the figures come from, and what they do not say. */
function How({ audience }: { audience: Audience }) {
  const t = useTranslations("publish");
  const { may, asked, rule, isComplete } = audience;
  const how = may === 0 ? t(`audience.nobody.${rule}`) : asked ? t("audience.asked", { may }) : t("audience.counted");
  return (
    <>
      {how} {isComplete ? null : t("audience.incomplete")} <Age at={audience.at} />
    </>
  );
}
