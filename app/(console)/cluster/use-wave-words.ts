"use client";
import { useTranslations } from "next-intl";
import type { WaveDimension } from "@/lib/cluster/schemas";
import { useRefusalWords } from "./use-refusal-words";

/** A value of a dimension of the lens, as it is read; null is "not known". */
export function useWaveWords(): (dimension: WaveDimension, value: string | null) => string {
  const t = useTranslations("cluster.wave");
  const reasons = useRefusalWords();
  return (dimension, value) => {
    if (value === null) return t("notKnown");
    if (dimension === "reason") return reasons(value);
    if (dimension === "platform" && (value === "android" || value === "ios")) return t(`platforms.${value}`);
    return value;
  };
}
