"use client";
import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { FoundCounts, SearchStage } from "@/lib/presence/search-schemas";
import { useCountWords } from "./use-count-words";

/** What was found, by what, and how many of them are online; nothing until that is counted. */
export function ResultSentence({
  stage,
  isNobody,
  counts,
  text,
}: {
  stage: SearchStage;
  /** Nobody was found, with a client or without. */
  isNobody: boolean;
  counts: FoundCounts | null;
  text: string;
}) {
  const t = useTranslations("presence");
  const format = useFormat();
  const countWords = useCountWords();
  if (!counts) return null;
  if (isNobody && text !== "") return t("found.none", { text });
  const { total, facets } = counts;
  const found = t(`found.${stage}`, { n: total.count, total: countWords(total), text });
  return (
    <>
      {/* Some begin with "about". */}
      {found.charAt(0).toUpperCase() + found.slice(1)}{" "}
      {total.count === 0
        ? null
        : t(facets.about ? "onlineAbout" : "online", {
            n: facets.states.online,
            online: format.count(facets.states.online),
            m: facets.states.unknown,
            unknown: format.count(facets.states.unknown),
          })}
    </>
  );
}
