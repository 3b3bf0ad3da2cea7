"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Until } from "@/components/ui/age";
import { Answer } from "@/components/ui/answer";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { useFormat } from "@/components/ui/use-format";
import { sharedLogQuery } from "@/lib/api-client/logs";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { CLASS_COLOR } from "../../[logRequestId]/class-color";
import { pathOf } from "../../[logRequestId]/line-path";
import styles from "../../[logRequestId]/log.module.css";
import { visibleText } from "@/lib/format/visible-text";

/** What a link to a log shows: its lines, a page at a time, for whoever was given it. */
export function SharedLogScreen({ shareId }: { shareId: string }) {
  const t = useTranslations("log.shared");
  const format = useFormat();
  const query = useInfiniteQuery(sharedLogQuery(shareId));
  const pages = query.data?.pages ?? [];
  const [first] = pages;
  if (!first)
    return (
      <>
        <Answer status={null}>{t("title")}</Answer>
        <Awaited query={query} failed={t("failed")} rows={10} />
      </>
    );
  return (
    <>
      <Answer
        status={null}
        proofs={
          <span className="proof">
            {t("ends")} <Until at={first.expiresAt} />
          </span>
        }
      >
        {first.part
          ? t("part", {
              name: first.sharedByName,
              first: format.count(first.part.first),
              last: format.count(first.part.last),
            })
          : t("whole", { name: first.sharedByName })}
      </Answer>
      <Panel
        footer={
          query.hasNextPage ? (
            <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("more")}
            </Button>
          ) : null
        }
      >
        <ol className={styles.sharedLines}>
          {pages
            .flatMap((page) => page.lines)
            .map((line) => (
              <SharedLine key={line.n} line={line} />
            ))}
        </ol>
      </Panel>
    </>
  );
}

function SharedLine({ line }: { line: LogLine }) {
  const t = useTranslations("log.lines");
  const gap = useTranslations("log.shared");
  const format = useFormat();
  if (line.class === "gap")
    return <li className={styles.gap}>{gap("gap", { length: format.duration(line.ms ?? 0) })}</li>;
  if (line.class === "text")
    return (
      <li>
        <bdi>{visibleText(line.raw ?? "")}</bdi>
      </li>
    );
  return (
    <li>
      <span className="t3">{line.t ? format.clock(line.t, "millisecond") : ""}</span>
      <span>
        <bdi>{visibleText(`${line.method ?? ""} ${pathOf(line)}`)}</bdi>
        {line.error ? <span className="t3"> {visibleText(line.error)}</span> : null}
      </span>
      <span className={styles.status} data-class={line.class}>
        <i className={styles.square} style={{ background: CLASS_COLOR[line.class] }} />
        {line.status ?? t("noAnswer")}
      </span>
      <span>{line.ms === null ? "–" : format.duration(line.ms)}</span>
    </li>
  );
}
