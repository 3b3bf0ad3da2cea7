"use client";

import { useTranslations } from "next-intl";
import { useFormat } from "@/components/ui/use-format";
import type { LogLine } from "@/lib/diagnostics/schemas";
import { visibleText } from "@/lib/format/visible-text";
import { CLASS_COLOR } from "./class-color";
import { pathOf } from "./line-path";
import { GapWords } from "./gap-words";
import { useLogClock } from "./log-clock";
import styles from "./log.module.css";
import type { RowWindow, SetScroller } from "./use-row-window";

/** Calls as bars on one axis of time, which is that of the calls in view: what ran at once, what waited for what. */
export function Waterfall({
  scroller,
  view,
  lineAt,
  chosen,
  onChoose,
}: {
  scroller: SetScroller;
  view: RowWindow;
  lineAt: (index: number) => LogLine | undefined;
  chosen: number | null;
  onChoose: (n: number) => void;
}) {
  const t = useTranslations("log.waterfall");
  const format = useFormat();
  const clock = useLogClock();
  const rows = Array.from({ length: Math.max(0, view.end - view.start) }, (_, offset) => view.start + offset);
  const calls = rows.flatMap((index) => {
    const line = lineAt(index);
    return line?.t && line.class !== "gap"
      ? [{ fromMs: Date.parse(line.t), toMs: Date.parse(line.t) + (line.ms ?? 0) }]
      : [];
  });
  const fromMs = Math.min(...calls.map((call) => call.fromMs));
  const spanMs = Math.max(1, Math.max(...calls.map((call) => call.toMs)) - fromMs);
  const share = (ms: number): string => `${(100 * ms) / spanMs}%`;
  return (
    <div ref={scroller} className={styles.scroller}>
      <section className={styles.lanes} aria-label={t("label")}>
        <div className={styles.axis} aria-hidden="true">
          {calls.length > 0 ? (
            <>
              <span>{clock.read(fromMs, "millisecond")}</span>
              <span>{t("span", { length: format.duration(spanMs) })}</span>
              <span>{clock.read(fromMs + spanMs, "millisecond")}</span>
            </>
          ) : null}
        </div>
        <ol className={styles.tbody} style={{ height: view.heightPx }}>
          {rows.map((index) => {
            const line = lineAt(index);
            return (
              <li
                key={index}
                className={`${styles.row} ${styles.line} ${styles.fall}`}
                {...(line && line.n === chosen ? { "data-chosen": true } : {})}
                style={{ transform: `translateY(${view.topOf(index)}px)` }}
              >
                {line?.t && line.class !== "gap" ? (
                  <>
                    <button type="button" className={styles.pick} onClick={() => onChoose(line.n)}>
                      <bdi>{visibleText(`${line.method ?? ""} ${pathOf(line)}`)}</bdi>
                    </button>
                    <span className={styles.lane}>
                      <i
                        style={{
                          left: share(Date.parse(line.t) - fromMs),
                          width: `max(2px, ${share(line.ms ?? 0)})`,
                          background: CLASS_COLOR[line.class],
                        }}
                      />
                    </span>
                    <span className={styles.took}>{line.ms === null ? "–" : format.duration(line.ms)}</span>
                  </>
                ) : (
                  <span className={styles.text}>
                    {line?.class === "gap" ? <GapWords line={line} /> : visibleText(line?.raw ?? "")}
                  </span>
                )}
              </li>
            );
          })}
        </ol>
      </section>
    </div>
  );
}
