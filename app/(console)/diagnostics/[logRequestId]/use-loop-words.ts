"use client";

import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { LoopTold } from "@/lib/diagnostics/log/loops";
import { visibleText } from "@/lib/format/visible-text";

const SHORTEST_MS = 1_000;

/** Says a loop in words: "12 × GET /v1/orders 401, over 40 s, refresh answered 400". */
export function useLoopWords(): (loop: LoopTold) => string {
  const t = useTranslations("log.loop");
  const format = useFormat();
  return ({ calls, endpoint, endpoints, statuses, refreshes, fromMs, toMs }) => {
    const told = {
      count: format.count(calls),
      statuses: statuses.map((status) => status ?? t("noAnswer")).join(", "),
    };
    return [
      endpoint === null
        ? t("ofEndpoints", { ...told, endpoints })
        : t("ofEndpoint", { ...told, endpoint: visibleText(endpoint) }),
      t("over", { length: format.duration(Math.max(SHORTEST_MS, toMs - fromMs)) }),
      ...(refreshes
        ? [
            t(refreshes.status === null ? "refreshUnanswered" : "refreshed", {
              count: refreshes.count,
              shown: format.count(refreshes.count),
              status: refreshes.status ?? 0,
            }),
          ]
        : []),
    ].join(", ");
  };
}
