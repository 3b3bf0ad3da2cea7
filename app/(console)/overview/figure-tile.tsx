"use client";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useId, useState } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { Age } from "@/components/ui/age";
import { Icon } from "@/components/ui/icon";
import { StatusMark } from "@/components/ui/status-mark";
import { useFormat } from "@/components/ui/use-format";
import type { Figure } from "@/lib/cluster/schemas";
import { verdictOf, type FigureVerdict } from "./figure-verdict";
import styles from "./overview.module.css";

const TileDetails = lazy(() => import("./tile-details"));

/** One figure that explains itself: value and unit, how it stands to its usual range, its last hour, source and age. */
export function FigureTile({
  figure,
  connects,
  sampledAt,
  at,
}: {
  figure: Figure;
  connects: number | null;
  sampledAt: string | null;
  /** Of then (ms); null: of now. */
  at: number | null;
}) {
  const t = useTranslations("overview");
  const words = useVerdictWords();
  const count = useFigureCount();
  const verdict = verdictOf(figure, connects);
  const isTrouble = verdict.is === "trouble";
  const name = t(`figures.${figure.key}`);
  const detailsId = useId();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <section className={styles.tile} aria-label={name}>
      <button
        type="button"
        className={styles.name}
        aria-expanded={isOpen}
        aria-controls={detailsId}
        title={t("details.of", { figure: name })}
        onClick={() => setIsOpen(!isOpen)}
        onKeyDown={(event) => event.key === "Escape" && setIsOpen(false)}
        // Not when the reader goes on into what was opened.
        onBlur={(event) => !event.currentTarget.parentElement?.contains(event.relatedTarget) && setIsOpen(false)}
      >
        {isTrouble ? <StatusMark status="trouble" size={14} /> : null}
        {name}
        <Icon name="down" size={12} />
      </button>
      <span className={styles.value}>
        {figure.value === null ? "—" : count(figure.value)}
        <small>{t(`unit.${figure.unit}`)}</small>
      </span>
      <span className={`${styles.usual} ${isTrouble ? styles.bad : ""}`}>{words(figure, verdict)}</span>
      <Sparkline
        values={figure.minutes}
        {...(figure.usual ? { usual: figure.usual } : {})}
        trouble={isTrouble}
        label={t("spark", { figure: name })}
      />
      <span className={styles.source}>
        <span className="trunc">{figure.source}</span>
        {sampledAt && figure.value !== null ? <Age at={sampledAt} plain /> : null}
      </span>
      <div id={detailsId} className={`tip ${styles.details}`} hidden={!isOpen}>
        {isOpen ? (
          <Suspense fallback={t("details.wait")}>
            <TileDetails figure={figure} sampledAt={sampledAt} at={at} onLeave={() => setIsOpen(false)} />
          </Suspense>
        ) : null}
      </div>
    </section>
  );
}

function useFigureCount(): (value: number) => string {
  const format = useFormat();
  return (value) => format.count(value, Math.abs(value) < 10 ? 1 : 0);
}

function useVerdictWords(): (figure: Figure, verdict: FigureVerdict) => string {
  const t = useTranslations("overview.usual");
  const count = useFigureCount();
  return (figure, verdict) => {
    const range = { low: count(figure.usual?.low ?? 0), high: count(figure.usual?.high ?? 0) };
    switch (verdict.is) {
      case "unknown":
        return t("none");
      case "learning":
        return t("learning");
      case "none":
        return t(figure.key === "hookErrors" ? "noHookErrors" : "noneDropped");
      case "some":
        return t("dropped");
      case "trouble":
        if (verdict.why === "events_lost") return t("hookErrors");
        return verdict.why === "times" ? t("times", { times: count(verdict.times), ...range }) : t("mostRefused");
      case "within":
        return range.low === range.high ? t("same", range) : t("within", range);
      case "above":
      case "below":
        return t(verdict.is, range);
    }
  };
}
