"use client";
import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { Count } from "@/lib/presence/search-schemas";

/** Says a count: "14", or "about 3,200" where it is estimated: then in round numbers, as its digits would promise too much. */
export function useCountWords(): (total: Count) => string {
  const t = useTranslations("presence");
  const format = useFormat();
  return ({ count, about }) => (about ? t("about", { count: format.count(rounded(count)) }) : format.count(count));
}

/** Two digits are as many as an estimate knows. */
export function rounded(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.round(count / step) * step;
}
