"use client";
import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { SearchClientsResult } from "@/lib/presence/search-schemas";
import { useCountWords } from "./use-count-words";

/** What was found, by what, and how many of them are online. */
export function ResultSentence({ result, text }: { result: SearchClientsResult; text: string }) {
  const t = useTranslations("presence");
  const format = useFormat();
  const countWords = useCountWords();
  const { total, facets } = result;
  if (!total || !facets) return null;
  const found = t(`found.${result.stage}`, { n: total.count, total: countWords(total), text });
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
