"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Answer } from "@/components/ui/answer";
import { Proof } from "@/components/ui/proof";
import type { Status } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { LogBoard } from "@/lib/diagnostics/get-log-board";

/** How many requests are under way, and what the others wait for. */
export function BoardAnswer({ board, actions }: { board: LogBoard; actions: ReactNode }) {
  const t = useTranslations("diagnostics.answer");
  const format = useFormat();
  const { waiting, active, ready, ended } = board.columns;
  const reasons = (["phone", "us", "turn", "begin"] as const)
    .filter((reason) => board.waitingFor[reason] > 0)
    .map((reason) => t(`waitingFor.${reason}`, { count: format.count(board.waitingFor[reason]) }));
  const sentences = [
    active.total > 0 ? t("active", { count: active.total, shown: format.count(active.total) }) : "",
    waiting.total > 0
      ? t("waiting", { count: waiting.total, shown: format.count(waiting.total), reasons: reasons.join(", ") })
      : "",
  ].filter(Boolean);
  return (
    <Answer
      status={statusOf(board)}
      proofs={
        <>
          <Proof at={board.at}>{t("source")}</Proof>
          <span className="proof">
            {t("ended", {
              ready: format.count(ready.total),
              ended: format.count(ended.total),
              hours: board.endedWithinHours,
            })}
          </span>
        </>
      }
      actions={actions}
    >
      {sentences.length > 0 ? sentences.join(" ") : t("quiet")}
    </Answer>
  );
}

function statusOf({ columns, waitingFor }: LogBoard): Status | null {
  if (waitingFor.us > 0) return "unknown";
  if (columns.active.total > 0) return "busy";
  return columns.waiting.total > 0 ? "offline_queued" : null;
}
