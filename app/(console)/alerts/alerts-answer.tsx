"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Age } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { useNow } from "@/components/ui/clock";
import { PresentProofs, PresentSentence, useUnheard, type NotRenewed } from "@/components/ui/not-renewed";
import { Proof } from "@/components/ui/proof";
import type { Status } from "@/components/ui/status-mark";
import type { AlertList } from "@/lib/alerts/schemas";
import { useAlertWords } from "./use-alert-words";

// Every 5 s, and a page asks every 10 s: older than this, nobody evaluates.
const FRESH_MS = 20_000;
const PROMISE_MS = 30_000;

/** Whether anything needs somebody, and whether we could tell. */
export function AlertsAnswer({ list, failed }: { list: AlertList; failed: NotRenewed | null }) {
  const t = useTranslations("alerts.proof");
  const told = useSentence(list, failed?.since ?? null);
  const heard = useUnheard(failed);
  const { status } = heard ?? told;
  const { counts } = list;
  return (
    <Answer
      status={status}
      proofs={
        <PresentProofs failed={failed}>
          {list.evaluatedAt ? (
            <Proof at={list.evaluatedAt} freshMs={FRESH_MS} promiseMs={PROMISE_MS}>
              {t("evaluated", { count: list.rulesEnabled })}
            </Proof>
          ) : null}
          {counts.acknowledged > 0 ? (
            <span className="proof">{t("acknowledged", { count: counts.acknowledged })}</span>
          ) : null}
          {counts.snoozed > 0 ? <span className="proof">{t("snoozed", { count: counts.snoozed })}</span> : null}
        </PresentProofs>
      }
    >
      <PresentSentence told={told.sentence} unheard={heard?.sentence} />
    </Answer>
  );
}

/** `heardAt`: since when nothing could be heard (ms), which says nothing of who evaluates; null: we hear. */
function useSentence(
  { alerts, counts, evaluatedAt }: AlertList,
  heardAt: number | null,
): { status: Status; sentence: ReactNode } {
  const t = useTranslations("alerts.answer");
  const words = useAlertWords();
  const now = useNow();
  const gravest = alerts.find((alert) => alert.snoozedUntil === null);
  if (gravest && counts.open > 0) {
    const told = { says: words.says(gravest), clock: words.clock(gravest.openedAt) };
    const sentence =
      counts.open === 1
        ? t("one", { ...told, severity: gravest.severity })
        : t("several", { ...told, count: counts.open });
    return { status: "trouble", sentence };
  }
  if (evaluatedAt === null) return { status: "unknown", sentence: t("never") };
  if ((heardAt ?? now) - Date.parse(evaluatedAt) > PROMISE_MS)
    return { status: "unknown", sentence: t.rich("blind", { age: () => <Age at={evaluatedAt} plain /> }) };
  const held = counts.acknowledged + counts.snoozed;
  return { status: "online", sentence: held > 0 ? t("held", { count: held }) : t("calm") };
}
