"use client";
import { useTranslations } from "next-intl";
import { knownWord } from "@/i18n/known-word";

/** Words for why a connect was refused; a reason without words here is told as it is. */
export function useReason(): (reason: string) => string {
  const t = useTranslations("presence.reasons");
  return (reason) => knownWord(t, reason) ?? reason;
}
