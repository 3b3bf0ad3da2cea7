"use client";

import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { LogFindings as Findings } from "@/lib/diagnostics/log/findings";
import { visibleText } from "@/lib/format/visible-text";
import { useLogClock } from "./log-clock";
import { useLoopWords } from "./use-loop-words";
import { CLEARED, logSearchParams } from "./log-search";
import styles from "./log.module.css";

interface Sentence {
  key: string;
  words: string;
  /** Whether something failed, not only happened. */
  isFailure: boolean;
  show: Record<string, unknown>;
}

/** What rules found, a sentence each, which leads to its lines. */
export function LogFindings({ findings }: { findings: Findings }) {
  const t = useTranslations("log.findings");
  const [, setSearch] = useQueryStates(logSearchParams);
  const sentences = useSentences(findings);
  if (sentences.length === 0) return null;
  return (
    <section className={`panel ${styles.findings}`} aria-label={t("title")}>
      <ul>
        {sentences.map(({ key, words, isFailure, show }) => (
          <li key={key}>
            <StatusMark status={isFailure ? "trouble" : "offline_gone"} size={14} />
            <span>
              <bdi>{words}</bdi>{" "}
              <button
                type="button"
                className={`link ${styles.quiet}`}
                onClick={() => void setSearch({ ...CLEARED, tab: "calls", ...show })}
              >
                {t("show")}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useSentences({ fails, unauthorized, loops, gaps }: Findings): Sentence[] {
  const t = useTranslations("log.findings");
  const format = useFormat();
  const { read: clock } = useLogClock();
  const wordsOf = useLoopWords();
  // What the sentence about 401 says already is not said again.
  const others = fails.filter((fail) => unauthorized === null || fail.status !== 401);
  return [
    ...(unauthorized
      ? [
          {
            key: "unauthorized",
            words: [
              t("unauthorized", {
                count: unauthorized.count,
                shown: format.count(unauthorized.count),
                at: clock(unauthorized.at),
              }),
              unauthorized.refresh
                ? t(unauthorized.refresh.status === null ? "refreshUnanswered" : "refreshed", {
                    status: unauthorized.refresh.status ?? 0,
                    at: clock(unauthorized.refresh.at),
                  })
                : t("notRefreshed"),
            ].join(" "),
            isFailure: true,
            show: { status: 401, line: unauthorized.n },
          },
        ]
      : []),
    ...loops.map((loop) => ({
      key: `loop ${loop.n}`,
      words: t("loop", { loop: wordsOf(loop), at: clock(loop.fromMs) }),
      isFailure: true,
      show: { from: new Date(loop.fromMs), to: new Date(loop.toMs + 1), line: loop.n },
    })),
    ...others.map((fail) => ({
      key: `fail ${fail.n}`,
      words: t(fail.status === null ? "unanswered" : "fails", {
        endpoint: visibleText(fail.endpoint),
        status: fail.status ?? 0,
        count: fail.count,
        shown: format.count(fail.count),
        of: format.count(fail.of),
        from: clock(fail.at),
        until: clock(fail.until),
      }),
      isFailure: true,
      show: {
        endpoint: fail.endpoint,
        ...(fail.status === null ? { classes: ["none"] } : { status: fail.status }),
        line: fail.n,
      },
    })),
    ...gaps.map((gap) => ({
      key: `gap ${gap.n}`,
      words: t(`gap.${gap.reason}`, { at: clock(gap.at), length: format.duration(gap.ms) }),
      isFailure: false,
      show: { line: gap.n },
    })),
  ];
}
