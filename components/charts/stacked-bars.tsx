"use client";
import { useState } from "react";
import { useFormat } from "../ui/use-format";
import { timeTicks, valueScale, zoneOffsetMs } from "./scale";
import styles from "./stacked-bars.module.css";

export interface BarClass {
  key: string;
  name: string;
  /** A colour token, e.g. "var(--c5)". Classes stack in their order, the first at the bottom. */
  color: string;
}

type Counts = Readonly<Record<string, number>>;

interface StackedBarsProps {
  label: string;
  classes: readonly BarClass[];
  /** Of equal length and in order of time, `at` being the begin of each. */
  buckets: readonly { at: number; counts: Counts }[];
  from: number;
  to: number;
  /** Stretches the phone was offline or nothing is known of: hatched. */
  gaps?: readonly { from: number; to: number; kind: "offline" | "unknown" }[];
  /** The part shown elsewhere, underlined. */
  view?: { from: number; to: number };
  /** Called with the begin of the bucket chosen, by pointer or Enter. */
  onPick?: (at: number) => void;
  height?: number;
}

/** Counts by class over time, from nothing up; the counts under the pointer stand in the legend, else the sums. */
export function StackedBars(props: StackedBarsProps) {
  const { label, classes, buckets, from, to, gaps, view, onPick, height = 96 } = props;
  const format = useFormat();
  const [pointed, setPointed] = useState<number | null>(null);
  const scale = valueScale(
    buckets.map((bucket) => classes.reduce((sum, one) => sum + (bucket.counts[one.key] ?? 0), 0)),
    { zero: true },
  );
  const across = (at: number) => `${Math.min(1, Math.max(0, (at - from) / (to - from))) * 100}%`;
  const shown = pointed === null ? null : (buckets[pointed] ?? null);
  const countOf = (key: string) =>
    shown ? (shown.counts[key] ?? 0) : buckets.reduce((sum, bucket) => sum + (bucket.counts[key] ?? 0), 0);
  const legend = classes.map((one) => ({ ...one, count: format.count(countOf(one.key)) }));
  const pick = (index: number | null) => {
    const bucket = index === null ? undefined : buckets[index];
    if (bucket) onPick?.(bucket.at);
  };
  return (
    <figure aria-label={label}>
      <div className="row wrap legend">
        {legend.map((one) => (
          <span className="key" key={one.key}>
            <svg viewBox="0 0 10 8" aria-hidden="true" style={{ width: 10 }}>
              <rect width="10" height="8" rx="2" fill={one.color} />
            </svg>
            {one.name}
            <b className="b">{one.count}</b>
          </span>
        ))}
        {shown ? <span className="key sp">{format.moment(shown.at, to - from)}</span> : null}
      </div>
      <div className="ch" style={{ paddingLeft: 44 }}>
        <div className={styles.plot} style={{ height }}>
          {scale.ticks.map((tick) => (
            <div key={tick} className="gl" style={{ bottom: `${(tick / scale.high) * 100}%` }}>
              <span className="yl">{format.shortCount(tick)}</span>
            </div>
          ))}
          {gaps?.map((gap) => (
            <div
              key={gap.from}
              className={gap.kind === "unknown" ? "band unk" : "band gap"}
              style={{ left: across(gap.from), right: `calc(100% - ${across(gap.to)})` }}
            />
          ))}
          <div className={styles.bars}>
            {buckets.map((bucket, index) => (
              <span key={bucket.at} className={index === pointed ? `${styles.bar} ${styles.pointed}` : styles.bar}>
                <Bar classes={classes} counts={bucket.counts} high={scale.high} />
              </span>
            ))}
          </div>
          {view ? (
            <div
              className={styles.view}
              style={{ left: across(view.from), right: `calc(100% - ${across(view.to)})` }}
            />
          ) : null}
          <input
            className="time"
            type="range"
            min={0}
            max={Math.max(0, buckets.length - 1)}
            value={pointed ?? 0}
            aria-label={label}
            aria-valuetext={[
              ...(shown ? [format.moment(shown.at, to - from)] : []),
              ...legend.map((one) => `${one.name} ${one.count}`),
            ].join(", ")}
            onChange={(event) => setPointed(event.currentTarget.valueAsNumber)}
            onPointerMove={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              const share = (event.clientX - box.left) / box.width;
              setPointed(Math.min(buckets.length - 1, Math.max(0, Math.floor(share * buckets.length))));
            }}
            onPointerLeave={() => setPointed(null)}
            onBlur={() => setPointed(null)}
            onClick={() => pick(pointed)}
            onKeyDown={(event) => event.key === "Enter" && pick(pointed)}
          />
        </div>
        <div className={styles.axis}>
          {timeTicks(from, to, zoneOffsetMs(format.timeZone, from)).map((at) => (
            <span key={at} className="xl" style={{ left: across(at), top: 0 }}>
              {format.tick(at, to - from)}
            </span>
          ))}
        </div>
      </div>
    </figure>
  );
}

/** The classes of one bucket on one another, the topmost with a cap so that a pale bar's height can be read. */
function Bar({ classes, counts, high }: { classes: readonly BarClass[]; counts: Counts; high: number }) {
  return classes
    .filter((one) => (counts[one.key] ?? 0) > 0)
    .toReversed()
    .map((one, n) => (
      <span
        key={one.key}
        className={n === 0 ? `${styles.part} ${styles.capped}` : styles.part}
        style={{ height: `max(2px, ${((counts[one.key] ?? 0) / high) * 100}%)`, background: one.color }}
      />
    ));
}
