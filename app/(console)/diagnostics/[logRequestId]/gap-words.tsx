"use client";

import { useTranslations } from "next-intl";
import { Icon } from "@/components/ui/icon";
import { useFormat } from "@/components/ui/use-format";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { useLogClock } from "./log-clock";
import styles from "./log.module.css";

const GAP_WORDS = ["offline", "killed", "silent", "truncated"] as const;

/** Why nothing was written between two lines, from when and for how long. */
export function GapWords({ line }: { line: LogLine }) {
  const t = useTranslations("log.gap");
  const format = useFormat();
  const { read } = useLogClock();
  const reason = GAP_WORDS.find((word) => word === line.error) ?? "silent";
  const [from, ms] = [Date.parse(line.t ?? ""), line.ms ?? 0];
  return (
    <span className={styles.gapWords}>
      <Icon name={reason === "offline" ? "plug" : "clock"} size={14} />
      {t(reason, { from: read(from), to: read(from + ms), length: format.duration(ms) })}
    </span>
  );
}
