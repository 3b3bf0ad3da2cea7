"use client";
import { useTranslations } from "next-intl";
import { SelectField } from "@/components/ui/select";

const HOUR_MS = 3_600_000;
const ENDS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, never: null } as const;
export type BlockEnd = keyof typeof ENDS;
const END_NAMES = ["hour", "day", "week", "never"] as const satisfies readonly BlockEnd[];

/** When a block made now (ms) ends, ISO 8601; null: when somebody lifts it. */
export function untilOf(end: BlockEnd, now: number): string | null {
  const lengthMs = ENDS[end];
  return lengthMs === null ? null : new Date(now + lengthMs).toISOString();
}

/** For how long a client, a person or a network is kept out. */
export function BlockEndField({ end, onChange }: { end: BlockEnd; onChange: (end: BlockEnd) => void }) {
  const t = useTranslations("client.block");
  return (
    <SelectField
      label={t("until")}
      value={end}
      options={END_NAMES.map((value) => ({ value, label: t(`ends.${value}`) }))}
      onChange={onChange}
    />
  );
}
