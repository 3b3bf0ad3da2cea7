"use client";
import { useTranslations } from "next-intl";
import { Chip } from "@/components/ui/chip";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { PresenceState } from "@/lib/events/schemas";
import type { SearchClientsResult } from "@/lib/presence/schemas";
import styles from "./presence.module.css";
import { totalOf } from "./result-sentence";

/** The states in the order of their chips. */
export const STATE_ORDER = [
  "online",
  "offline_queued",
  "offline_gone",
  "unknown",
] as const satisfies readonly PresenceState[];

/** Which states are shown, with how many were found of each. */
export function StateChips({
  states,
  result,
  onChange,
}: {
  states: readonly PresenceState[];
  result: SearchClientsResult | undefined;
  onChange: (states: PresenceState[]) => void;
}) {
  const t = useTranslations("presence");
  const words = useTranslations("components.statusShort");
  const format = useFormat();
  const count = (value: number | undefined) => (value === undefined ? undefined : format.count(value));
  return (
    <fieldset className={styles.filters} aria-label={t("filter")}>
      <Chip pressed={states.length === 0} count={count(result && totalOf(result))} onPress={() => onChange([])}>
        {t("all")}
      </Chip>
      {STATE_ORDER.map((state) => (
        <Chip
          key={state}
          pressed={states.includes(state)}
          count={count(result?.counts[state])}
          onPress={() => onChange(STATE_ORDER.filter((one) => (one === state) !== states.includes(one)))}
        >
          <StatusMark status={state} size={14} />
          {words(state)}
        </Chip>
      ))}
    </fieldset>
  );
}
