"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ClockTime, Since } from "@/components/ui/age";
import { useNow } from "@/components/ui/clock";
import { useFormat } from "@/components/ui/use-format";
import type { LogRequestCard } from "@/lib/diagnostics/log-request-card";
import { whyItWaits, type Standstill } from "@/lib/diagnostics/terms";
import { visibleText } from "@/lib/format/visible-text";

const bold = (words: ReactNode): ReactNode => <b className="b">{words}</b>;

/** Why a request stands where it stands, the reason first and in bold; where it stands still, what usually helps. */
export function Why({ card }: { card: LogRequestCard }) {
  const t = useTranslations("diagnostics.why");
  const format = useFormat();
  const standstill = whyItWaits(card, useNow());
  if (standstill) return <Waits card={card} standstill={standstill} />;
  const bytes = format.bytes(card.announcedBytes ?? 0);
  switch (card.state) {
    case "accepted":
      return t.rich("accepted", { b: bold, bytes });
    case "uploading":
      return t("uploading", { sent: format.bytes(card.sentBytes ?? 0), bytes });
    case "received":
      return t.rich("received", { b: bold, bytes });
    case "ready":
      return t.rich("ready", {
        b: bold,
        bytes,
        calls: format.count(card.calls ?? 0),
        failed: format.count(card.failedCalls ?? 0),
        failedCalls: card.failedCalls ?? 0,
      });
    case "declined":
    case "failed":
      return <Failed failure={card.failure} />;
    case "expired":
      return t.rich("expired", { b: bold });
    case "cancelled":
      return t.rich("cancelled", { b: bold });
    default:
      return null;
  }
}

function Waits({ card, standstill }: { card: LogRequestCard; standstill: Standstill }) {
  const t = useTranslations("diagnostics.why");
  const format = useFormat();
  const bytes = format.bytes(card.announcedBytes ?? 0);
  const asked = card.state === "waiting" ? "waitsForPhone" : card.state === "accepted" ? "acceptedAway" : "sentAway";
  const clock = (at: string) => (): ReactNode => <ClockTime at={at} precision="minute" />;
  const lasting = (since: string) => (): ReactNode => <Since at={since} />;
  switch (standstill.why) {
    case "later":
      return t.rich("later", {
        b: bold,
        day: format.shortDay(Date.parse(standstill.at)),
        at: clock(standstill.at),
      });
    case "choice":
      return t.rich("choice", { b: bold, files: standstill.files });
    case "neverSeen":
      return t.rich("neverSeen", { b: bold });
    case "us":
      return t.rich("waitsForUs", { b: bold, node: standstill.node });
    case "away":
      return (
        <>
          {t.rich(asked, { b: bold, since: lasting(standstill.since), bytes })}{" "}
          {standstill.back
            ? t.rich("usuallyBack", { at: clock(standstill.back.usually), days: standstill.back.days })
            : t("askToOpen")}
        </>
      );
    case "postponed":
      return t.rich("postponed", { b: bold, wifi: card.wifiOnly ? "yes" : "no", at: clock(standstill.at) });
    case "goesOut":
      return t.rich("goesOut", { b: bold });
    case "underWay":
      return t.rich("sent", { b: bold });
    case "silent":
      return t.rich("silent", { b: bold, since: lasting(standstill.since) });
    case "notBegun":
      return t.rich("notBegun", { b: bold, bytes, since: lasting(standstill.since), again: standstill.links - 1 });
    case "stopped":
      return t.rich("stopped", {
        b: bold,
        percent: standstill.percent,
        since: lasting(standstill.since),
        again: standstill.links - 1,
      });
  }
}

function Failed({ failure }: { failure: LogRequestCard["failure"] }) {
  const t = useTranslations("diagnostics");
  return (
    <>
      {t.rich(`failure.${failure?.failure ?? "ours"}`, { b: bold })}
      {failure?.text ? (
        <>
          {" "}
          <q>
            <bdi>{visibleText(failure.text)}</bdi>
          </q>
        </>
      ) : null}
    </>
  );
}
