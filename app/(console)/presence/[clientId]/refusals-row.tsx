"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Unbroken } from "@/components/ui/unbroken";
import { useFormat } from "@/components/ui/use-format";
import styles from "./client.module.css";
import type { Refusal } from "./fold-refusals";
import { TimelineRow } from "./timeline-row";
import { useReason } from "./use-reason";

/** Refusals of one reason in a row: how many, from when to when; open, each of them. */
export function RefusalsRow({ refusals }: { refusals: readonly [Refusal, ...Refusal[]] }) {
  const t = useTranslations("client.timeline");
  const format = useFormat();
  const reason = useReason();
  const [isOpen, setIsOpen] = useState(false);
  const [newest] = refusals;
  const count = refusals.length;
  const oldest = refusals.at(-1) ?? newest;
  const nodes = [...new Set(refusals.map(({ node }) => node))].toSorted().join(", ");
  return (
    <>
      <li className={styles.entry}>
        <time className={styles.time} dateTime={newest.at} title={format.exact(newest.at)}>
          {format.clock(newest.at)}
        </time>
        <span className={styles.mark}>
          <Icon name="block" />
        </span>
        <span className={styles.what}>
          {newest.reason === "unfinished"
            ? t("unfinishedTimes", { count })
            : t("refusals", { count, reason: reason(newest.reason) })}{" "}
          <span className="t3">
            <Unbroken>
              {t("refusalsAbout", { from: format.clock(oldest.at), to: format.clock(newest.at), nodes })}
            </Unbroken>
          </span>
        </span>
        <span className={styles.source}>
          <Button kind="ghost" size="small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {t(isOpen ? "refusalsFold" : "refusalsOpen")}
          </Button>
        </span>
      </li>
      {isOpen ? refusals.map((refusal) => <TimelineRow key={refusal.key} entry={refusal} />) : null}
    </>
  );
}
