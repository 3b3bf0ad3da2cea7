"use client";

import { useTranslations } from "next-intl";
import { Age } from "@/components/ui/age";
import { useFormat } from "@/components/ui/use-format";
import { knownWord } from "@/i18n/known-word";
import type { LogRequestLife } from "@/lib/diagnostics/get-log-request";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./log.module.css";

/** The request's life: each step with its time, who moved it and how long the step before had lasted. */
export function LifePanel({ life }: { life: LogRequestLife }) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  return (
    <ol className={styles.life}>
      {life.steps.map((step, index) => {
        const before = life.steps[index - 1];
        return (
          <li key={`${step.at}-${step.cause}`}>
            <span className={styles.when}>
              {format.shortDay(Date.parse(step.at))} {format.clock(Date.parse(step.at))}
            </span>
            <span className={styles.what}>
              {knownWord(t, `cause.${step.cause}`, { actor: step.actorName }) ?? step.cause}
              {step.note ? (
                <>
                  {" "}
                  <q>
                    <bdi>{visibleText(step.note)}</bdi>
                  </q>
                </>
              ) : null}
              <span className="t3">
                {before
                  ? ` · ${t("after", { duration: format.duration(Date.parse(step.at) - Date.parse(before.at)) })}`
                  : null}
              </span>
            </span>
            <Age at={step.at} plain />
          </li>
        );
      })}
    </ol>
  );
}
