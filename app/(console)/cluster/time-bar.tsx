"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/clock";
import { TextInput } from "@/components/ui/field";
import { useFormat } from "@/components/ui/use-format";
import { localValue } from "./local-value";
import styles from "./time-bar.module.css";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** As long as minutes are kept by default; the hour before the moment is shown too. */
const DAYS = 30;
const STEPS = [-24 * HOUR_MS, -HOUR_MS, -5 * MINUTE_MS, 5 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS] as const;

/** Where in the last thirty days the page stands, how to move it, and the way back to now. */
export default function TimeBar({
  at,
  travel,
  about,
}: {
  at: number;
  travel: (at: number | null) => void;
  /** What of the page is of then. */
  about: string;
}) {
  const t = useTranslations("cluster.time");
  const format = useFormat();
  const now = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS;
  const first = now - DAYS * 24 * HOUR_MS + HOUR_MS;
  // What the slider says while it is dragged; the page follows when it is let go.
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged ?? at;
  const goTo = (instant: number) => {
    setDragged(null);
    travel(Math.min(now, Math.max(first, instant)));
  };
  const settle = () => dragged !== null && goTo(dragged);
  return (
    <section className={styles.bar} aria-label={t("label")}>
      <div className={styles.said}>
        <b className="b">{t("asOf", { at: format.exact(shown) })}</b>
        <span className="t2">{about}</span>
      </div>
      <Button kind="primary" onClick={() => travel(null)}>
        {t("back")}
      </Button>
      <input
        className={styles.slider}
        type="range"
        min={first}
        max={now}
        step={MINUTE_MS}
        value={shown}
        aria-label={t("slider")}
        aria-valuetext={format.exact(shown)}
        onChange={(event) => setDragged(event.currentTarget.valueAsNumber)}
        onPointerUp={settle}
        onKeyUp={settle}
        onBlur={settle}
      />
      <div className={styles.steps}>
        {STEPS.map((step) => (
          <Button
            key={step}
            size="small"
            disabled={at + step > now || at + step < first}
            onClick={() => goTo(at + step)}
          >
            {step < 0 ? "−" : "+"}
            {format.duration(Math.abs(step))}
          </Button>
        ))}
        <form
          className={styles.exact}
          onSubmit={(event) => {
            event.preventDefault();
            const typed = new FormData(event.currentTarget).get("at");
            const instant = typeof typed === "string" ? Date.parse(typed) : Number.NaN;
            if (Number.isFinite(instant)) goTo(instant);
          }}
        >
          <TextInput
            label={t("exact")}
            name="at"
            type="datetime-local"
            step={1}
            key={at}
            defaultValue={localValue(at)}
          />
          <Button type="submit">{t("go")}</Button>
        </form>
      </div>
    </section>
  );
}
