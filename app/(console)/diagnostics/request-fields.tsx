"use client";

import { useTranslations } from "next-intl";
import type { ChangeEvent } from "react";
import { Check } from "@/components/ui/check";
import { TextArea, TextInput } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import { useFormat } from "@/components/ui/use-format";
import styles from "./diagnostics.module.css";

// A day, three days, a week.
const EXPIRIES = ["24", "72", "168"] as const;
// In MB: a day's log, a month's, the default and the largest (lib/diagnostics/schemas.ts).
const SIZES = ["1", "8", "64", "1000"] as const;
const MB = 1_000_000;

/** What is asked for, as it stands in the form; dates are local, as their inputs have them. */
export interface RequestOptions {
  reason: string;
  ticket: string;
  from: string;
  to: string;
  startsAt: string;
  expiry: (typeof EXPIRIES)[number];
  size: (typeof SIZES)[number];
  onlyFailed: boolean;
  wifiOnly: boolean;
  inventoryFirst: boolean;
}

export const INITIAL_OPTIONS: RequestOptions = {
  reason: "",
  ticket: "",
  from: "",
  to: "",
  startsAt: "",
  expiry: "72",
  size: "64",
  onlyFailed: false,
  wifiOnly: false,
  inventoryFirst: false,
};

export type RequestFaults = Partial<Record<"clientId" | "reason" | "to", string>>;

/** The same as the verbs take it. */
export const optionsOf = (options: RequestOptions) => ({
  reason: options.reason.trim(),
  ticket: options.ticket.trim(),
  from: instantOf(options.from),
  to: instantOf(options.to),
  startsAt: instantOf(options.startsAt),
  expiresInHours: Number(options.expiry),
  maxBytes: Number(options.size) * MB,
  onlyFailed: options.onlyFailed,
  wifiOnly: options.wifiOnly,
  inventoryFirst: options.inventoryFirst,
});

/** A local date and time as an instant in UTC; empty stays empty. */
const instantOf = (local: string): string => (local ? new Date(local).toISOString() : "");

/** Why, and what of the log; the same for one phone and for many. */
export function RequestFields({
  options,
  faults,
  isOne,
  onChange,
}: {
  options: RequestOptions;
  faults: RequestFaults;
  isOne: boolean;
  onChange: (options: RequestOptions) => void;
}) {
  const t = useTranslations("diagnostics.dialog");
  const format = useFormat();
  const set = (part: Partial<RequestOptions>): void => onChange({ ...options, ...part });
  const field = (name: "reason" | "ticket" | "from" | "to" | "startsAt") => ({
    name,
    label: t(name),
    value: options[name],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => set({ [name]: event.target.value }),
  });
  return (
    <>
      <TextArea {...field("reason")} help={t("reasonHelp")} error={faults.reason} maxLength={500} rows={2} required />
      <div className={styles.pair}>
        <TextInput {...field("ticket")} mono maxLength={64} autoComplete="off" />
        <SelectField
          label={t("expiry")}
          value={options.expiry}
          options={EXPIRIES.map((value) => ({ value, label: t(`expiries.${value}`) }))}
          onChange={(expiry) => set({ expiry })}
        />
      </div>
      <details className={styles.options}>
        <summary>{t("moreOptions")}</summary>
        <div className={styles.form}>
          <div className={styles.pair}>
            <TextInput {...field("from")} help={t("windowHelp")} type="datetime-local" />
            <TextInput {...field("to")} type="datetime-local" error={faults.to} />
          </div>
          <div className={styles.pair}>
            <TextInput {...field("startsAt")} help={t("startsAtHelp")} type="datetime-local" />
            <SelectField
              label={t("size")}
              help={t("sizeHelp")}
              value={options.size}
              options={SIZES.map((value) => ({ value, label: format.bytes(Number(value) * MB) }))}
              onChange={(size) => set({ size })}
            />
          </div>
          <Check checked={options.onlyFailed} onChange={(onlyFailed) => set({ onlyFailed })}>
            {t("onlyFailed")}
          </Check>
          <Check checked={options.wifiOnly} onChange={(wifiOnly) => set({ wifiOnly })}>
            {t("wifiOnly")}
          </Check>
          {isOne ? (
            <Check checked={options.inventoryFirst} onChange={(inventoryFirst) => set({ inventoryFirst })}>
              {t("inventoryFirst")}
            </Check>
          ) : null}
        </div>
      </details>
    </>
  );
}
