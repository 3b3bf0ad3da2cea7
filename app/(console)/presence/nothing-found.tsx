"use client";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** Why the list is empty, and what would fill it. */
export function NothingFound({
  found,
  asked,
  onAllStates,
}: {
  /** How many there are whatever their state. */
  found: number;
  asked: string;
  onAllStates: () => void;
}) {
  const t = useTranslations("presence");
  if (found > 0)
    return (
      <EmptyState
        icon="filter"
        title={t("noneOfState.title")}
        action={<Button onClick={onAllStates}>{t("noneOfState.all")}</Button>}
      >
        {t("noneOfState.about")}
      </EmptyState>
    );
  const why = asked === "" ? "empty" : "nobody";
  return (
    <EmptyState icon={asked === "" ? "phone" : "find"} title={t(`${why}.title`)}>
      {t(`${why}.about`)}
    </EmptyState>
  );
}
