"use client";
import { useTranslations } from "next-intl";

/** Why a connect was refused or a session ended, in a few words; one this version does not know, as it is called. */
export function useRefusalWords(): (reason: string) => string {
  const t = useTranslations("cluster.reasons");
  return (reason) => (t.has(reason as "expired") ? t(reason as "expired") : reason);
}
