"use client";
import { useTranslations } from "next-intl";
import { Chip } from "@/components/ui/chip";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { ClientFilters } from "@/lib/presence/search-filters";
import type { FoundCounts } from "@/lib/presence/search-schemas";
import { NO_FILTERS } from "./no-filters";
import { rounded } from "./use-count-words";
import { isUnfiltered, SEEN_NAMES, SESSION_KINDS, STATE_ORDER } from "./filters-in-url";
import styles from "./presence.module.css";

type Listed = "nodes" | "platforms" | "appVersions";

/** How the found are narrowed, with how many of them there are of each. */
export function FilterBar({
  filters,
  counts,
  onChange,
}: {
  filters: ClientFilters;
  counts: FoundCounts | null;
  onChange: (filters: Partial<ClientFilters>) => void;
}) {
  const t = useTranslations("presence");
  const words = useTranslations("components.statusShort");
  const format = useFormat();
  const isAbout = counts?.facets.about ?? false;
  const said = (value: number) => (isAbout ? format.shortCount(rounded(value)) : format.count(value));
  const count = (value: number | undefined) => (value === undefined ? undefined : said(value));
  const toggled = <V,>(values: readonly V[], value: V): V[] =>
    values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  const listed = (name: Listed) => {
    const values = counts?.facets[name] ?? [];
    const chosen = filters[name].filter((value) => !values.some((one) => one.value === value));
    return [...values, ...chosen.map((value) => ({ value, count: 0 }))].map((one) => ({
      kind: "choice" as const,
      key: one.value,
      label: (
        <>
          {name === "platforms" && (one.value === "android" || one.value === "ios")
            ? t(`platform.${one.value}`)
            : one.value}{" "}
          <span className="t3">{said(one.count)}</span>
        </>
      ),
      chosen: filters[name].includes(one.value),
      staysOpen: true,
      onSelect: () => onChange({ [name]: toggled(filters[name], one.value) }),
    }));
  };
  const menu = (
    name: "node" | "app" | "seen" | "session",
    chosen: readonly string[],
    items: Parameters<typeof Menu>[0]["items"],
  ) => (
    <Menu
      trigger={
        <button type="button" className="chip" aria-pressed={chosen.length > 0}>
          {t(`filters.${name}`)}
          {chosen.length > 0 ? <span className="c">{chosen.join(", ")}</span> : null}
          <Icon name="down" size={12} />
        </button>
      }
      items={items}
    />
  );
  return (
    <fieldset className={styles.filters} aria-label={t("filter")}>
      <Chip
        pressed={filters.states.length === 0}
        count={count(counts?.total.count)}
        onPress={() => onChange({ states: [] })}
      >
        {t("all")}
      </Chip>
      {STATE_ORDER.map((state) => (
        <Chip
          key={state}
          pressed={filters.states.includes(state)}
          count={count(counts?.facets.states[state])}
          onPress={() => onChange({ states: toggled(filters.states, state) })}
        >
          <StatusMark status={state} size={14} />
          {words(state)}
        </Chip>
      ))}
      <span className={styles.rule} aria-hidden />
      {menu("node", filters.nodes, listed("nodes"))}
      {menu(
        "app",
        [...filters.platforms, ...filters.appVersions],
        [...listed("platforms"), { kind: "line", key: "line" }, ...listed("appVersions")],
      )}
      {menu(
        "seen",
        filters.seen ? [t(`seen.${filters.seen}`)] : [],
        SEEN_NAMES.map((name) => ({
          kind: "choice" as const,
          key: name,
          label: t(`seen.${name}`),
          chosen: filters.seen === name,
          onSelect: () => onChange({ seen: filters.seen === name ? null : name }),
        })),
      )}
      {menu(
        "session",
        filters.session ? [t(`sessions.${filters.session}`)] : [],
        SESSION_KINDS.map((kind) => ({
          kind: "choice" as const,
          key: kind,
          label: t(`sessions.${kind}`),
          chosen: filters.session === kind,
          onSelect: () => onChange({ session: filters.session === kind ? null : kind }),
        })),
      )}
      <Chip pressed={filters.flapping} onPress={() => onChange({ flapping: !filters.flapping })}>
        {t("filters.flapping")}
      </Chip>
      {isUnfiltered(filters) ? null : (
        <button type="button" className="btn ghost sm" onClick={() => onChange(NO_FILTERS)}>
          {t("filters.clear")}
        </button>
      )}
    </fieldset>
  );
}
