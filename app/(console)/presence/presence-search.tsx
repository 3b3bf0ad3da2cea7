"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useQueryStates } from "nuqs";
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from "react";
import { isFreeKey } from "@/components/shell/use-shortcuts";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { Notice } from "@/components/ui/notice";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import { searchClientsQuery } from "@/lib/api-client/presence-search";
import type { ClientFilters } from "@/lib/presence/search-filters";
import { NO_FILTERS } from "./no-filters";
import { ClientSummary } from "./client-summary";
import { FilterBar } from "./filter-bar";
import { FILTERS_IN_URL, isUnfiltered, toFilters } from "./filters-in-url";
import styles from "./presence.module.css";
import { ResultSentence } from "./result-sentence";
import { ResultTable } from "./result-table";
import { useSearchText } from "./use-search-text";
import { useFoundCounts } from "./use-found-counts";
import { useStableRows } from "./use-stable-rows";
import { useCountWords } from "./use-count-words";
import { ViewTools } from "./view-tools";

// Nearly always something is found.
const NothingFound = lazy(() => import("./nothing-found"));

/** One box that takes whatever the agent has; what it finds, while typing, by state. */
export function PresenceSearch({ isWhole }: { isWhole: boolean }) {
  const t = useTranslations("presence");
  const words = useTranslations("components");
  const format = useFormat();
  const countWords = useCountWords();
  const router = useRouter();
  const box = useRef<HTMLInputElement>(null);
  const { text, tokenHash, setText, asked, cannotHash } = useSearchText();
  const [url, setUrl] = useQueryStates(FILTERS_IN_URL);
  const filters = toFilters(url);
  const setFilters = (changed: Partial<ClientFilters>) => void setUrl(toUrl({ ...filters, ...changed }));
  const search = { ...asked, filters };
  const query = useInfiniteQuery(searchClientsQuery(search));
  const first = query.data?.pages[0];
  const counts = useFoundCounts(search, { first, isBefore: query.isPlaceholderData });
  // What is shown is the answer to this, while the one to what was typed since is on its way.
  const [answered, setAnswered] = useState(asked.text);
  if (query.isSuccess && !query.isPlaceholderData && answered !== asked.text) setAnswered(asked.text);
  const before = query.isPlaceholderData ? { "data-before": true } : {};
  const found = query.data?.pages.flatMap((page) => page.clients) ?? [];
  const { rows, waiting, showWaiting } = useStableRows(found, query.isPlaceholderData ? "" : JSON.stringify(search));
  const [selected, setSelected] = useState("");
  const isEnterHeld = useRef(false);
  const index = Math.max(
    0,
    rows.findIndex((row) => row.clientId === selected),
  );
  const select = (at: number) => setSelected(rows[at]?.clientId ?? selected);
  const open = (clientId: string) => router.push(`/presence/${clientId}`);

  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (!isFreeKey(event)) return;
      if (event.key === "j") select(index + 1);
      else if (event.key === "k") select(index - 1);
      else if (event.key === "Enter" && event.target === document.body && rows[index]) open(rows[index].clientId);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
  // Enter opens what was found for the text in the box, never a row of the search before: it waits for the answer.
  const isAnswered =
    text.trim() === asked.text && tokenHash === asked.tokenHash && query.isSuccess && !query.isPlaceholderData;
  const openChosen = () => {
    isEnterHeld.current = !isAnswered;
    if (isAnswered && rows[index]) open(rows[index].clientId);
  };
  useEffect(() => {
    if (isEnterHeld.current && isAnswered) openChosen();
  });
  const onBoxKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowDown") select(index + 1);
    else if (event.key === "ArrowUp") select(index - 1);
    else if (event.key === "Escape") setText("");
    else if (event.key === "Enter") openChosen();
    else return;
    event.preventDefault();
  };

  const examined = query.data?.pages.reduce((sum, page) => sum + page.examined, 0) ?? 0;
  const more = query.hasNextPage ? (
    <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t(isUnfiltered(filters) ? "more" : "lookOn")}
    </Button>
  ) : null;

  return (
    <>
      <search className={styles.box}>
        <Icon name="find" />
        <input
          ref={box}
          data-page-search
          type="search"
          value={text}
          onChange={(event) => {
            isEnterHeld.current = false;
            setText(event.target.value);
          }}
          onKeyDown={onBoxKey}
          aria-label={t("box.label")}
          placeholder={t("box.placeholder")}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="search"
        />
        {tokenHash ? (
          <span className="pill" title={tokenHash}>
            {t("token.pasted", { begin: tokenHash.slice(0, 8) })}
          </span>
        ) : null}
        {text === "" && !tokenHash ? (
          <span className="only-l">
            <Kbd keys={["/"]} />
          </span>
        ) : (
          <Button
            kind="ghost"
            size="small"
            icon="close"
            aria-label={t("box.clear")}
            onClick={() => {
              setText("");
              box.current?.focus();
            }}
          />
        )}
      </search>
      {cannotHash ? <Notice kind="trouble">{t("token.cannotHash")}</Notice> : null}
      <FilterBar filters={filters} counts={counts} onChange={setFilters} />
      <div className={styles.sum} {...before}>
        <h1 aria-live="polite">
          {first ? (
            <ResultSentence stage={first.stage} isNobody={first.examined === 0} counts={counts} text={answered} />
          ) : query.isError ? (
            t("failed.title")
          ) : (
            words("loading")
          )}
        </h1>
        <ViewTools asked={search} total={counts?.total ?? null} isWhole={isWhole} />
      </div>
      <div className={styles.columns} aria-busy={query.isFetching} {...before}>
        <div className={`panel ${styles.list}`}>
          {waiting > 0 ? (
            <div className={styles.waiting}>
              <Button size="small" icon="up" onClick={showWaiting}>
                {t("show", { count: format.count(waiting) })}
              </Button>
            </div>
          ) : null}
          {query.isError ? (
            <ErrorState title={query.error.message} onRetry={() => void query.refetch()}>
              {rows.length > 0 ? t("failed.about") : null}
            </ErrorState>
          ) : null}
          {query.isPending ? <SkeletonRows rows={10} label={words("loading")} /> : null}
          {first && rows.length === 0 && !query.isError ? (
            <Suspense fallback={null}>
              <NothingFound
                result={first}
                isBrowsing={asked.text === "" && asked.tokenHash === null}
                examined={examined}
                more={more}
                onClear={() => setFilters(NO_FILTERS)}
              />
            </Suspense>
          ) : null}
          {rows.length > 0 ? <ResultTable rows={rows} selected={index} onSelect={select} onOpen={open} /> : null}
          {first && rows.length > 0 ? (
            <footer>
              <span>
                {isUnfiltered(filters) && counts
                  ? t("shown", { shown: format.count(rows.length), total: countWords(counts.total) })
                  : t(query.hasNextPage ? "lookedThrough" : "lookedThroughAll", {
                      shown: format.count(rows.length),
                      examined: format.count(examined),
                    })}
                {first.peopleWithoutClients > 0 ? ` ${t("withoutClients", { n: first.peopleWithoutClients })}` : null}
              </span>
              {more}
              <span className="sp only-l row">
                <Kbd keys={["j", "k"]} /> {t("move")} <Kbd keys={["Enter"]} /> {t("open")}
              </span>
            </footer>
          ) : null}
        </div>
        {rows[index] ? <ClientSummary client={rows[index]} /> : null}
      </div>
    </>
  );
}

/** Filters as they stand in the URL; what is not narrowed leaves it. */
const toUrl = (filters: ClientFilters) => ({
  state: filters.states,
  node: filters.nodes,
  platform: filters.platforms,
  version: filters.appVersions,
  seen: filters.seen,
  flapping: filters.flapping,
  session: filters.session,
});
