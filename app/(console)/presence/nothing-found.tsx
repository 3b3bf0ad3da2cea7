"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useFormat } from "@/components/ui/use-format";
import type { SearchClientsResult } from "@/lib/presence/search-schemas";

/** Why the list is empty, and what would fill it. */
export default function NothingFound({
  result,
  isBrowsing,
  examined,
  more,
  onClear,
}: {
  result: SearchClientsResult;
  isBrowsing: boolean;
  examined: number;
  /** The way to look on, when looking stopped before the end. */
  more: ReactNode;
  onClear: () => void;
}) {
  const t = useTranslations("presence");
  const format = useFormat();
  if (result.examined > 0 && result.examined === result.peopleWithoutClients && !more)
    return (
      <EmptyState icon="phone" title={t("neverConnected.title")}>
        {t("withoutClients", { n: result.peopleWithoutClients })} {t("neverConnected.about")}
      </EmptyState>
    );
  if (result.examined > 0)
    return (
      <EmptyState
        icon="filter"
        title={t("noneLeft.title")}
        action={
          <span className="row">
            {more}
            <Button onClick={onClear}>{t("filters.clear")}</Button>
          </span>
        }
      >
        {t(more ? "noneLeft.soFar" : "noneLeft.about", { examined: format.count(examined) })}
      </EmptyState>
    );
  const why = isBrowsing ? "empty" : result.stage === "token" ? "noToken" : "nobody";
  return (
    <EmptyState icon={isBrowsing ? "phone" : "find"} title={t(`${why}.title`)}>
      {t(`${why}.about`)}
    </EmptyState>
  );
}
