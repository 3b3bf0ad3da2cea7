"use client";

import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Icon } from "@/components/ui/icon";
import { Select } from "@/components/ui/select";
import { useFormat } from "@/components/ui/use-format";
import { ALL_CLASSES, CALL_METHODS, FAILED } from "@/lib/api-client/logs";
import type { LogIndex } from "@/lib/diagnostics/index-log";
import type { LineClass } from "@/lib/diagnostics/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { CLASS_COLOR } from "./class-color";
import { CLEARED, logSearchParams } from "./log-search";
import styles from "./log.module.css";
import { MoreFilters } from "./more-filters";

export interface Typed {
  text: string;
  isRegex: boolean;
}

/** Text, classes and method, each class with the number of lines it stands for under the other filters; the rest on demand. */
export function LogFilters(props: {
  index: LogIndex | null;
  typed: Typed;
  /** Why the last filter was refused. */
  wrong: Error | null;
  onTyped: (typed: Typed) => void;
  failures: ReactNode;
}) {
  const { index, typed, wrong, onTyped } = props;
  const t = useTranslations("log.lines");
  const names = useTranslations("log.class");
  const format = useFormat();
  const [{ classes, method, around }, setSearch] = useQueryStates(logSearchParams);
  const [isOpen, setOpen] = useState(false);
  const countOf = (wanted: readonly LineClass[]): string | undefined =>
    index ? format.count(wanted.reduce((sum, name) => sum + index.counts[name], 0)) : undefined;
  const isFailedOnly = classes.length === FAILED.length && FAILED.every((name) => classes.includes(name));
  const toggle = (name: (typeof ALL_CLASSES)[number]): void =>
    void setSearch({ classes: classes.includes(name) ? classes.filter((one) => one !== name) : [...classes, name] });
  const isWrong = typed.isRegex && wrong !== null;
  return (
    <>
      <div className={styles.filters}>
        <div className={`in ${styles.search}`}>
          <Icon name="find" size={14} />
          <input
            type="search"
            aria-label={t("search")}
            placeholder={typed.isRegex ? t("regexHint") : t("searchHint")}
            value={typed.text}
            maxLength={200}
            onChange={(event) => onTyped({ ...typed, text: event.target.value })}
            autoComplete="off"
            spellCheck={false}
            {...(isWrong ? { "aria-invalid": true, "aria-describedby": "regex-wrong" } : {})}
          />
          <button
            type="button"
            className={styles.regex}
            aria-pressed={typed.isRegex}
            aria-label={t("regex")}
            title={t("regex")}
            onClick={() => onTyped({ ...typed, isRegex: !typed.isRegex })}
          >
            .*
          </button>
        </div>
        <Chip pressed={around} count={countOf(FAILED)} onPress={() => void setSearch({ around: around ? null : true })}>
          {t("around")}
        </Chip>
        <Chip
          pressed={classes.length === 0 && !around}
          count={countOf(ALL_CLASSES)}
          onPress={() => void setSearch({ classes: null, around: null })}
        >
          {t("all")}
        </Chip>
        <Chip
          pressed={isFailedOnly}
          count={countOf(FAILED)}
          onPress={() => void setSearch({ classes: isFailedOnly ? null : [...FAILED], around: null })}
        >
          {t("failures")}
        </Chip>
        {ALL_CLASSES.filter((name) => index === null || index.counts[name] > 0 || classes.includes(name)).map(
          (name) => (
            <Chip
              key={name}
              pressed={classes.includes(name) && !isFailedOnly}
              count={countOf([name])}
              onPress={() => toggle(name)}
            >
              {name === "text" ? null : <i className={styles.square} style={{ background: CLASS_COLOR[name] }} />}
              {names(name)}
            </Chip>
          ),
        )}
        <div className={styles.method}>
          <Select
            aria-label={t("method")}
            value={method ?? "any"}
            options={[
              { value: "any" as const, label: t("anyMethod") },
              ...CALL_METHODS.map((value) => ({ value, label: value })),
            ]}
            onChange={(value) => void setSearch({ method: value === "any" ? null : value })}
          />
        </div>
        <Button size="small" icon="filter" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t("more")}
        </Button>
        {props.failures}
      </div>
      {isWrong ? (
        <p id="regex-wrong" role="alert" className={styles.wrong}>
          {visibleText(wrong.message)}
        </p>
      ) : null}
      {isOpen ? <MoreFilters /> : null}
      <Chosen />
    </>
  );
}

/** The filters that have no control of their own in view, each to be taken away. */
function Chosen() {
  const t = useTranslations("log.chosen");
  const format = useFormat();
  const [search, setSearch] = useQueryStates(logSearchParams);
  const { host, endpoint, path, status, minMs, maxMs, from, to } = search;
  const at = (instant: Date): string => `${format.shortDay(instant)} ${format.clock(instant)}`;
  const chosen = [
    endpoint !== null && { key: "endpoint" as const, words: visibleText(endpoint) },
    host !== null && { key: "host" as const, words: visibleText(host) },
    path !== null && { key: "path" as const, words: path },
    status !== null && { key: "status" as const, words: String(status) },
    minMs !== null && { key: "minMs" as const, words: t("atLeast", { ms: format.count(minMs) }) },
    maxMs !== null && { key: "maxMs" as const, words: t("atMost", { ms: format.count(maxMs) }) },
    from !== null && { key: "from" as const, words: t("since", { at: at(from) }) },
    to !== null && { key: "to" as const, words: t("until", { at: at(to) }) },
  ].filter((one) => one !== false);
  if (chosen.length === 0) return null;
  return (
    <div className={styles.chosen}>
      {chosen.map(({ key, words }) => (
        <button
          key={key}
          type="button"
          className="chip"
          aria-pressed="true"
          onClick={() => void setSearch({ [key]: null })}
        >
          <bdi className="mono trunc">{words}</bdi>
          <Icon name="close" size={12} />
        </button>
      ))}
      <Button kind="ghost" size="small" onClick={() => void setSearch(CLEARED)}>
        {t("clearAll")}
      </Button>
    </div>
  );
}
