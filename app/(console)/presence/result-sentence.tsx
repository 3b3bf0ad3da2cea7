"use client";
import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { SearchClientsResult } from "@/lib/presence/schemas";

/** What was found, by what, and how many of them are online. */
export function ResultSentence({ result, text }: { result: SearchClientsResult; text: string }) {
  const t = useTranslations("presence");
  const format = useFormat();
  const total = totalOf(result);
  const said = format.count(Math.min(total, total - (result.countsAreAtLeast ? 1 : 0)));
  return (
    <>
      {t(`found.${result.stage}`, {
        n: total,
        total: t(result.countsAreAtLeast ? "atLeast" : "count", { count: said }),
        text,
      })}{" "}
      {total === 0
        ? null
        : t("online", {
            n: result.counts.online,
            online: format.count(result.counts.online),
            m: result.counts.unknown,
            unknown: format.count(result.counts.unknown),
          })}
    </>
  );
}

/** How many were found, up to what is counted. */
export const totalOf = (result: SearchClientsResult): number =>
  Object.values(result.counts).reduce((sum, count) => sum + count, 0);
