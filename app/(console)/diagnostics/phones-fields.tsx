"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useId, type ReactNode } from "react";
import { Failure } from "@/components/ui/failure";
import { TextArea, TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { useFormat } from "@/components/ui/use-format";
import { phoneCountQuery, type ChosenPhones } from "@/lib/api-client/diagnostics";
import styles from "./diagnostics.module.css";
import { MOST_CLIENT_IDS, readClientIds } from "./read-client-ids";

const SEEN = ["any", "hour", "day", "week", "month"] as const;
const PLATFORMS = ["any", "android", "ios"] as const;
const RATES = ["10", "60", "300", "600"] as const;
const SHARES = ["10", "20", "50", "never"] as const;

/** Whom a request is for, both ways, as they stand in the form. */
export interface PhoneChoice {
  list: ChosenPhones;
  filter: ChosenPhones;
  unreadable: number;
  ratePerMinute: (typeof RATES)[number];
  stopFailedPercent: (typeof SHARES)[number];
  /** How many phones that is, once counted; null before. */
  total: number | null;
}

export const NOTHING_CHOSEN: PhoneChoice = {
  list: { clientIds: [] },
  filter: {},
  unreadable: 0,
  ratePerMinute: "60",
  stopFailedPercent: "20",
  total: null,
};

/** Many phones: chosen, counted before anything is asked, and how fast. */
export function PhonesFields({
  by,
  choice,
  onChange,
}: {
  by: "list" | "filter";
  choice: PhoneChoice;
  onChange: (choice: PhoneChoice) => void;
}) {
  const t = useTranslations("diagnostics.dialog");
  const set = (part: Partial<PhoneChoice>): void => onChange({ ...choice, ...part });
  return (
    <>
      {by === "list" ? (
        <ListField choice={choice} onChange={set} />
      ) : (
        <FilterFields filter={choice.filter} onChange={(filter) => set({ filter, total: null })} />
      )}
      <PhoneCount key={by} by={by} choice={choice} onCount={(total) => set({ total })} />
      <div className={styles.pair}>
        <SelectField
          label={t("rate")}
          value={choice.ratePerMinute}
          options={RATES.map((value) => ({ value, label: t("perMinute", { phones: Number(value) }) }))}
          onChange={(ratePerMinute) => set({ ratePerMinute })}
        />
        <SelectField
          label={t("stopAt")}
          value={choice.stopFailedPercent}
          options={SHARES.map((value) => ({
            value,
            label: value === "never" ? t("neverStop") : t("failedShare", { percent: value }),
          }))}
          onChange={(stopFailedPercent) => set({ stopFailedPercent })}
        />
      </div>
    </>
  );
}

function ListField({ choice, onChange }: { choice: PhoneChoice; onChange: (part: Partial<PhoneChoice>) => void }) {
  const t = useTranslations("diagnostics.dialog");
  const format = useFormat();
  const fileId = useId();
  const take = (text: string): void => {
    const { clientIds, unreadable } = readClientIds(text);
    onChange({ list: { clientIds: clientIds.slice(0, MOST_CLIENT_IDS) }, unreadable, total: null });
  };
  const given = choice.list.clientIds?.length ?? 0;
  return (
    <>
      <TextArea
        label={t("list")}
        help={given === MOST_CLIENT_IDS ? t("listFull", { most: MOST_CLIENT_IDS }) : t("listHelp")}
        {...(choice.unreadable > 0
          ? { error: t("unreadable", { count: choice.unreadable, shown: format.count(choice.unreadable) }) }
          : {})}
        mono
        rows={4}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => take(event.target.value)}
      />
      <label className={styles.file} htmlFor={fileId}>
        {t("file")}
        <input
          id={fileId}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          onChange={(event) => void event.target.files?.[0]?.text().then(take)}
        />
      </label>
    </>
  );
}

function FilterFields({ filter, onChange }: { filter: ChosenPhones; onChange: (filter: ChosenPhones) => void }) {
  const t = useTranslations("diagnostics.dialog");
  // What does not narrow is left out: the count is asked by what stands here.
  const set = (part: Partial<ChosenPhones>): void => onChange({ ...filter, ...part });
  return (
    <>
      <div className={styles.pair}>
        <SelectField
          label={t("platform")}
          value={PLATFORMS.find((platform) => platform === filter.platforms?.[0]) ?? "any"}
          options={PLATFORMS.map((value) => ({ value, label: t(`platforms.${value}`) }))}
          onChange={(platform) => set({ platforms: platform === "any" ? [] : [platform] })}
        />
        <SelectField
          label={t("seen")}
          value={filter.seen ?? "any"}
          options={SEEN.map((value) => ({ value, label: t(`seenWithin.${value}`) }))}
          onChange={(seen) => set({ seen: seen === "any" ? null : seen })}
        />
      </div>
      <div className={styles.pair}>
        <TextInput
          label={t("appVersion")}
          help={t("appVersionHelp")}
          mono
          autoComplete="off"
          maxLength={32}
          onChange={(event) => set({ appVersions: event.target.value.trim() ? [event.target.value.trim()] : [] })}
        />
        <TextInput
          label={t("group")}
          help={t("groupHelp")}
          mono
          autoComplete="off"
          maxLength={32}
          onChange={(event) => set({ group: event.target.value.trim() || undefined })}
        />
      </div>
    </>
  );
}

const bold = (words: ReactNode): ReactNode => <b className="b">{words}</b>;

function PhoneCount({
  by,
  choice,
  onCount,
}: {
  by: "list" | "filter";
  choice: PhoneChoice;
  onCount: (total: number) => void;
}) {
  const t = useTranslations("diagnostics.dialog");
  const format = useFormat();
  const isEmpty = by === "list" && choice.list.clientIds?.length === 0;
  const { data, error, isFetching } = useQuery({ ...phoneCountQuery(choice[by]), enabled: !isEmpty, retry: false });
  const total = isEmpty || isFetching ? null : (data?.total ?? null);
  // The count comes from outside React; the button that asks needs it.
  useEffect(() => {
    if (total !== null && total !== choice.total) onCount(total);
  });
  if (error) return <Failure error={error} />;
  if (isEmpty) return <p className="t3">{t("nobody")}</p>;
  return (
    <p className="t2" aria-live="polite">
      {data && !isFetching
        ? t.rich("phones", {
            b: bold,
            count: data.total,
            total: format.count(data.total),
            online: format.count(data.online),
            unknownIds: data.neverSeen,
          })
        : t("counting")}
    </p>
  );
}
