"use client";

import { useTranslations } from "next-intl";
import { Chip } from "@/components/ui/chip";
import { Icon } from "@/components/ui/icon";
import { Select } from "@/components/ui/select";
import { useFormat } from "@/components/ui/use-format";
import { ALL_CLASSES, CALL_METHODS, FAILED } from "@/lib/api-client/diagnostics";
import type { LineClass } from "@/lib/diagnostics/schemas";
import { CLASS_COLOR } from "./class-color";
import styles from "./log.module.css";

type Method = (typeof CALL_METHODS)[number];

/** Text, method and classes; each class with the number of lines it stands for under the other filters. */
export function LogFilters(props: {
  counts: Readonly<Record<LineClass, number>> | null;
  classes: readonly LineClass[];
  method: Method | null;
  text: string;
  onClasses: (classes: LineClass[]) => void;
  onMethod: (method: Method | null) => void;
  onText: (text: string) => void;
}) {
  const t = useTranslations("diagnostics.lines");
  const names = useTranslations("diagnostics.glance.class");
  const format = useFormat();
  const { counts, classes } = props;
  const countOf = (wanted: readonly LineClass[]): string | undefined =>
    counts ? format.count(wanted.reduce((sum, name) => sum + counts[name], 0)) : undefined;
  const isFailedOnly = classes.length === FAILED.length && FAILED.every((name) => classes.includes(name));
  const toggle = (name: LineClass): void =>
    props.onClasses(classes.includes(name) ? classes.filter((one) => one !== name) : [...classes, name]);
  return (
    <div className={styles.filters}>
      <div className={`in ${styles.search}`}>
        <Icon name="find" size={14} />
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("searchHint")}
          value={props.text}
          maxLength={200}
          onChange={(event) => props.onText(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <div className={styles.method}>
        <Select
          aria-label={t("method")}
          value={props.method ?? "any"}
          options={[
            { value: "any" as const, label: t("anyMethod") },
            ...CALL_METHODS.map((value) => ({ value, label: value })),
          ]}
          onChange={(value) => props.onMethod(value === "any" ? null : value)}
        />
      </div>
      <Chip pressed={classes.length === 0} count={countOf(ALL_CLASSES)} onPress={() => props.onClasses([])}>
        {t("all")}
      </Chip>
      <Chip
        pressed={isFailedOnly}
        count={countOf(FAILED)}
        onPress={() => props.onClasses(isFailedOnly ? [] : [...FAILED])}
      >
        {t("failures")}
      </Chip>
      {ALL_CLASSES.filter((name) => counts === null || counts[name] > 0 || classes.includes(name)).map((name) => (
        <Chip
          key={name}
          pressed={classes.includes(name) && !isFailedOnly}
          count={countOf([name])}
          onPress={() => toggle(name)}
        >
          {name === "text" ? null : <i className={styles.square} style={{ background: CLASS_COLOR[name] }} />}
          {names(name)}
        </Chip>
      ))}
    </div>
  );
}
