"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Since } from "@/components/ui/age";
import { useFormat } from "@/components/ui/use-format";
import type { LogRequestCard } from "@/lib/diagnostics/log-request-card";
import { visibleText } from "./visible-text";

const bold = (words: ReactNode): ReactNode => <b className="b">{words}</b>;

/** Why a request stands where it stands, the reason first and in bold. */
export function Why({ card }: { card: LogRequestCard }) {
  const t = useTranslations("diagnostics.why");
  const format = useFormat();
  const { phone, state } = card;
  const since = (): ReactNode => (phone ? <Since at={phone.since} /> : null);
  const isAway = phone?.state === "offline_queued" || phone?.state === "offline_gone";
  const bytes = format.bytes(card.announcedBytes ?? 0);
  switch (state) {
    case "waiting":
      if (!phone) return t.rich("neverSeen", { b: bold });
      if (phone.state === "unknown") return t.rich("waitsForUs", { b: bold, node: phone.node });
      return isAway ? t.rich("waitsForPhone", { b: bold, since }) : t.rich("goesOut", { b: bold });
    case "sent":
      return isAway ? t.rich("sentAway", { b: bold, since }) : t.rich("sent", { b: bold });
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
