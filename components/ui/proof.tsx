"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Age } from "./age";
import { useNow } from "./clock";
import { Icon } from "./icon";

/**
 * Where a figure or state comes from, and how old that is. A tick while younger than `freshMs`, a clock after, grey and
 * "stale" past `promiseMs`, the age its source promises to stay under.
 */
export function Proof({
  children,
  at,
  freshMs = 60_000,
  promiseMs = 600_000,
}: {
  children: ReactNode;
  at: Date | string | number;
  freshMs?: number;
  promiseMs?: number;
}) {
  const t = useTranslations("components");
  const ageMs = useNow() - new Date(at).getTime();
  const stale = ageMs > promiseMs;
  return (
    <span className={stale ? "proof stale" : "proof"}>
      <Icon name={ageMs <= freshMs ? "check" : "clock"} size={14} />
      <span>
        {children} <Age at={at} />
        {stale ? `, ${t("stale")}` : null}
      </span>
    </span>
  );
}
