"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { parseAsArrayOf, parseAsStringLiteral, useQueryState } from "nuqs";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { isFreeKey } from "@/components/shell/use-shortcuts";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useFormat } from "@/components/ui/use-format";
import { searchClientsQuery } from "@/lib/api-client/presence";
import { ClientSummary } from "./client-summary";
import { NothingFound } from "./nothing-found";
import styles from "./presence.module.css";
import { ResultSentence, totalOf } from "./result-sentence";
import { ResultTable } from "./result-table";
import { STATE_ORDER, StateChips } from "./state-chips";
import { useSearchText } from "./use-search-text";
import { useStableRows } from "./use-stable-rows";

const statesInUrl = parseAsArrayOf(parseAsStringLiteral(STATE_ORDER)).withDefault([]);

/** One box that takes whatever the agent has; what it finds, while typing, by state. */
export function PresenceSearch() {
  const t = useTranslations("presence");
  const words = useTranslations("components");
  const format = useFormat();
  const router = useRouter();
  const box = useRef<HTMLInputElement>(null);
  const { text, setText, asked } = useSearchText();
  const [states, setStates] = useQueryState("state", statesInUrl);
  const query = useInfiniteQuery(searchClientsQuery({ text: asked, states }));
  const first = query.data?.pages[0];
  const found = query.data?.pages.flatMap((page) => page.clients) ?? [];
  const { rows, waiting, showWaiting } = useStableRows(
    found,
    query.isPlaceholderData ? "" : `${asked}\n${states.join()}`,
  );
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
  const isAnswered = text.trim() === asked && query.isSuccess && !query.isPlaceholderData;
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
        {text === "" ? (
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
      <StateChips states={states} result={first} onChange={(next) => void setStates(next.length > 0 ? next : null)} />
      <div className={styles.sum}>
        <h1 aria-live="polite">{first ? <ResultSentence result={first} text={asked} /> : words("loading")}</h1>
      </div>
      <div className={styles.columns} aria-busy={query.isFetching}>
        <div className={`panel ${styles.list}`}>
          {waiting > 0 ? (
            <div className={styles.waiting}>
              <Button size="small" icon="up" onClick={showWaiting}>
                {t("show", { count: format.count(waiting) })}
              </Button>
            </div>
          ) : null}
          {query.isError ? (
            <ErrorState title={t("failed.title")} onRetry={() => void query.refetch()}>
              {query.error.message} {rows.length > 0 ? t("failed.about") : null}
            </ErrorState>
          ) : null}
          {query.isPending ? <SkeletonRows rows={10} label={words("loading")} /> : null}
          {first && rows.length === 0 && !query.isError ? (
            <NothingFound found={totalOf(first)} asked={asked} onAllStates={() => void setStates(null)} />
          ) : null}
          {rows.length > 0 ? <ResultTable rows={rows} selected={index} onSelect={select} onOpen={open} /> : null}
          {first && rows.length > 0 ? (
            <footer>
              <span>
                {t("shown", {
                  shown: format.count(rows.length),
                  total: first.countsAreAtLeast
                    ? t("atLeast", { count: format.count(totalOf(first) - 1) })
                    : format.count(states.length > 0 ? countOf(first.counts, states) : totalOf(first)),
                })}
              </span>
              {query.hasNextPage ? (
                <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("more")}
                </Button>
              ) : null}
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

const countOf = (counts: Readonly<Record<string, number>>, states: readonly string[]): number =>
  states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
